import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Check, type CheckResult, sum, verdict } from './checks.ts'
import { compile, type Manifest, type Step } from './consumer-steps.ts'
import { privateKeysInTarball } from './private-keys.ts'
import { root, run } from './process.ts'

const TARBALLS = join(root, '.tokenward/tarballs')

/** The floor that the packages promise, and the newest release of each later line. */
const NODE_VERSIONS = ['20.19.0', '22.23.3', '24.21.0', '26.10.0']

/** Packs every published package, as `pnpm publish` would. */
export const pack: Check = {
  name: 'pack',
  async run() {
    await rm(TARBALLS, { recursive: true, force: true })
    await mkdir(TARBALLS, { recursive: true })
    const published = await publishedPackages()
    const filters = published.flatMap((name) => ['--filter', name])
    const { code, output } = await run('pnpm', ['-r', ...filters, 'pack', '--pack-destination', TARBALLS])
    const packed = (await tarballs()).size
    const isComplete = code === 0 && packed === published.length
    return verdict(isComplete, `${output}\npacked ${packed} of ${published.length} packages`)
  },
}

/** publint and arethetypeswrong look at what would be published, not at the folder it comes from. */
export const inspectTarballs: Check = {
  name: 'publint and arethetypeswrong on the tarballs',
  async run() {
    const results = await Promise.all(
      [...(await tarballs()).values()].flatMap((tarball) => [
        run('pnpm', ['exec', 'publint', 'run', '--strict', tarball]),
        run('pnpm', ['exec', 'attw', tarball, '--format', 'ascii']),
      ]),
    )
    return sum(results.map(({ code, output }) => verdict(code === 0, output)))
  },
}

/** Keys of tests are made where the tests run; one that everybody can read is a key somebody will trust. */
export const noPrivateKeys: Check = {
  name: 'no private key in the tarballs',
  async run() {
    const results = [...(await tarballs())].map(async ([name, tarball]) => {
      const found = privateKeysInTarball(await readFile(tarball))
      return verdict(
        found.length === 0,
        found.map(({ file, form }) => `${name}: ${file} holds one (${form})`).join('\n'),
      )
    })
    return sum(await Promise.all(results))
  },
}

const FORMATS = [
  ['consumer.mjs'],
  ['consumer.cjs'],
  ['conformance.mjs'],
  // With msw 3, which needs a newer Node than the packages do.
  ['listen.mjs'],
  ['listen-required.cjs'],
  // What edge runtimes get, and nothing of Node's own client and crypto.
  ['--conditions=workerd', '--import=./without-node.mjs', 'consumer.mjs'],
]

const OTHER_RUNTIMES = [
  ['bun', 'consumer.mjs'],
  ['bun', 'consumer.cjs'],
  ['deno', 'run', '--allow-all', '--node-modules-dir=manual', '--no-remote', 'consumer.mjs'],
  ['node', 'workerd.mjs'],
] as const

/** Each format under each Node, which the npm package `node` brings, and under the other runtimes. */
export const runtimes: Check = {
  name: `the packages under Node ${NODE_VERSIONS.join(', ')}, Bun, Deno and workerd`,
  run: () =>
    inConsumer('runtimes', async (folder) => {
      const results: CheckResult[] = []
      for (const version of NODE_VERSIONS) {
        for (const args of FORMATS) {
          const command = `node --version && node ${args.join(' ')}`
          const { code, output } = await run('npx', ['--yes', '-p', `node@${version}`, '-c', command], { cwd: folder })
          const isThatVersion = output.includes(`v${version}`)
          results.push(verdict(code === 0 && isThatVersion, `${args.join(' ')} under Node ${version}: ${output}`))
        }
      }
      for (const [runtime, ...args] of OTHER_RUNTIMES) {
        const program = runtime === 'node' ? runtime : join(folder, 'node_modules/.bin', runtime)
        const { code, output } = await run(program, args, { cwd: folder, env: { DENO_NO_UPDATE_CHECK: '1' } })
        results.push(verdict(code === 0, `${runtime} ${args.join(' ')}: ${output}`))
      }
      return sum(results)
    }),
}

/** Compiles the projects that a consumer lists for each compiler. */
export function declarations(project: string, name: string): Check {
  return consumer(project, name, compile)
}

/** Installs a consumer and takes each step in it. */
export function consumer(project: string, name: string, ...steps: readonly Step[]): Check {
  return {
    name,
    run: () =>
      inConsumer(project, async (folder, manifest) => {
        const results: CheckResult[] = []
        for (const step of steps) results.push(await step(folder, manifest))
        return sum(results)
      }),
  }
}

async function publishedPackages(): Promise<readonly string[]> {
  const folders = await readdir(join(root, 'packages'))
  const manifests = await Promise.all(
    folders.map(async (folder) => JSON.parse(await readFile(join(root, 'packages', folder, 'package.json'), 'utf8'))),
  )
  return manifests.filter(({ private: isPrivate }) => isPrivate !== true).map(({ name }) => name)
}

async function tarballs(): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(TARBALLS)
  return new Map(files.map((file) => [/^tokenward-(\w+)-\d/.exec(file)?.[1] ?? file, join(TARBALLS, file)]))
}

/**
 * Copies a consumer out of the repository, where nothing of ours can be found by accident, and installs it with the
 * packed packages that its manifest lists under `tokenward`.
 */
async function inConsumer(project: string, check: Step): Promise<CheckResult> {
  const folder = await mkdtemp(join(tmpdir(), `tokenward-${project}-`))
  try {
    await cp(join(root, 'consumers', project), folder, { recursive: true })
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const files = new Map([...(await tarballs())].map(([name, file]) => [`@tokenward/${name}`, `file:${file}`]))
    const packed = manifest.tokenward.map((name) => [`@tokenward/${name}`, files.get(`@tokenward/${name}`)])
    const dependencies = { ...manifest.dependencies, ...Object.fromEntries(packed) }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }, null, 2))
    await writeFile(join(folder, 'pnpm-workspace.yaml'), workspaceFile(files, manifest.allowBuilds))
    const install = await run('pnpm', ['install', '--prefer-offline'], { cwd: folder })
    return install.code === 0 ? await check(folder, manifest) : verdict(false, install.output)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The packages depend on each other by version; the overrides make that version the packed one. */
function workspaceFile(files: ReadonlyMap<string, string>, allowBuilds: readonly string[] = []): string {
  return [
    'packages: ["."]',
    'pmOnFail: ignore',
    'networkConcurrency: 16',
    'strictDepBuilds: false',
    `allowBuilds: {${allowBuilds.map((name) => `${name}: true`).join(', ')}}`,
    'overrides:',
    ...[...files].map(([name, file]) => `  "${name}": "${file}"`),
    '',
  ].join('\n')
}
