import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { root } from '../support/source-files.js'

const manifestIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** A copy of what a release changes, to rehearse it in. */
function releaseCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'tokenward-release-'))
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
  const manifests = ['packages', 'apps', 'mutation'].flatMap((folder) =>
    globSync(`${folder}/{,*/}package.json`, { cwd: root }),
  )
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset', ...manifests]) {
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  return copy
}

describe('a release', () => {
  it('gives all published packages one version and a changelog, and uses its changesets up', async () => {
    const copy = releaseCopy()
    const pending = globSync('.changeset/*.md', { cwd: copy }).filter((file) => !file.endsWith('README.md'))
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: copy })
    const published = globSync('packages/*', { cwd: copy }).filter(
      (path) => manifestIn(join(copy, path)).private !== true,
    )
    expect(published.length).toBeGreaterThan(2)
    const versions = new Set(published.map((path) => manifestIn(join(copy, path)).version))
    expect(versions.size, stdout).toBe(1)
    if (pending.length === 0) return
    expect([...versions][0]).not.toBe(manifestIn(join(root, 'packages/core')).version)
    for (const path of published) expect(existsSync(join(copy, path, 'CHANGELOG.md')), path).toBe(true)
    expect(globSync('.changeset/*.md', { cwd: copy })).toStrictEqual(['.changeset/README.md'])
  })

  it('publishes packages that say where they come from, and nothing private', () => {
    for (const path of globSync('packages/*', { cwd: root })) {
      const manifest = manifestIn(join(root, path))
      if (manifest.private === true) continue
      expect(manifest).toMatchObject({
        license: 'Apache-2.0',
        publishConfig: { access: 'public' },
        repository: { directory: path },
        sideEffects: false,
      })
      expect(manifest.files).toContain('dist')
    }
  })

  it('is tested under the runners of the catalog, and with its libraries', () => {
    const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
    const catalog = new Map(
      [...workspace.matchAll(/^ {2}'?([\w@/-]+)'?: (\d.*)$/gm)].map(([, name, version]) => [name, version]),
    )
    for (const path of globSync('consumers/{testkit-*,runtimes}', { cwd: root })) {
      const { dependencies, devDependencies } = manifestIn(join(root, path))
      const listed = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => catalog.has(name))
      expect(listed.length, path).toBeGreaterThan(1)
      for (const [name, version] of listed) expect(version, `${name} in ${path}`).toBe(catalog.get(name))
    }
  })
})
