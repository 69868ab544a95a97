import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documentAt, documents } from '../support/documents.js'
import { root } from '../support/source-files.js'

/** Where packages are read on the registry, links into the repository have to be absolute. */
const HOME = 'https://github.com/tokenward/tokenward/tree/main/'

/** As GitHub makes anchors from headings. */
function anchorsOf(path: string): readonly string[] {
  const { text } = documentAt(path)
  return [...text.matchAll(/^#{1,6} (.*)$/gm)].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function brokenLinks({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string)
  return targets.filter((target) => {
    if (/^(?:https?|mailto):/.test(target) && !target.startsWith(HOME)) return false
    const [file = '', anchor] = target.startsWith(HOME) ? target.slice(HOME.length).split('#') : target.split('#')
    const base = target.startsWith(HOME) ? root : resolve(root, dirname(path))
    const absolute = file === '' ? join(root, path) : resolve(base, file)
    if (!existsSync(absolute)) return true
    if (anchor === undefined) return false
    const document = absolute.endsWith('.md') ? absolute : join(absolute, 'README.md')
    return !anchorsOf(document.slice(root.length + 1)).includes(anchor)
  })
}

describe('links', () => {
  it.each(documents().map((document) => [document.path, document] as const))('of %s lead somewhere', (_, document) => {
    expect(brokenLinks(document)).toStrictEqual([])
  })

  it('of the walk through one request name each file it passes', () => {
    const walk = documentAt('ARCHITECTURE.md').text.split('## One request')[1]?.split('\n## ')[0] ?? ''
    expect([...walk.matchAll(/\]\((packages\/[^)]+\.ts)\)/g)].length).toBeGreaterThan(15)
    for (let step = 1; step <= 11; step++) expect(walk).toContain(`\n${step}. `)
  })

  it('that lead nowhere are found', () => {
    const text = '[a](nowhere.ts) [b](README.md#no-such-heading) [c](README.md#install) [d](https://example.com)'
    expect(brokenLinks({ path: 'x.md', text })).toStrictEqual(['nowhere.ts', 'README.md#no-such-heading'])
  })
})
