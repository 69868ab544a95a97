import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './source-files.js'

export interface MarkdownDocument {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.tokenward', '.turbo', 'reports', 'vectors'])

/** Every Markdown file that people wrote. */
export function documents(folder = ''): readonly MarkdownDocument[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : documents(path)
    return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' ? [documentAt(path)] : []
  })
}

export function documentAt(path: string): MarkdownDocument {
  return { path, text: readFileSync(join(root, path), 'utf8') }
}

/** The TypeScript blocks of a document, in order. */
export function codeBlocks({ text }: MarkdownDocument): readonly string[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] as string)
}

/** The blocks under a heading of the second level. */
export function codeBlocksUnder(heading: string, document: MarkdownDocument): readonly string[] {
  const section = document.text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  const blocks = section === undefined ? [] : codeBlocks({ ...document, text: section })
  if (blocks.length === 0) throw new Error(`${document.path} has no code under "${heading}"`)
  return blocks
}

/** The first of them. */
export function codeBlockUnder(heading: string, document: MarkdownDocument): string {
  return codeBlocksUnder(heading, document)[0] as string
}

/**
 * Writes code where it would stand in a project that has installed the package: below the package's own folder, so that
 * its imports resolve to what the package resolves them to. Replaces the folder.
 */
export function writeCode(
  packageFolder: string,
  folder: string,
  files: Readonly<Record<string, string>>,
): (file: string) => string {
  const target = join(root, packageFolder, '.tokenward', folder)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(target, file), text)
  return (file) => join(target, file)
}
