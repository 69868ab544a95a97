import { ConfigurationError } from '@tokenward/core'
import { type FileSystem, nodeModule } from '../engine/node-modules.js'
import type { SourceText } from '../engine/source-text.js'

/** Policies in files. */
export interface PolicyFiles {
  /** Paths of files, and of folders, of which every `*.cedar` is read. One or more. */
  readonly files: string | readonly string[]
}

/** Policies as text, or where they stand. */
export type PoliciesOption = string | PolicyFiles

/** Reads them, each time anew. Throws a `ConfigurationError` where there are none. */
export function readPolicies(option: string, given: PoliciesOption): readonly SourceText[] {
  const sources = typeof given === 'string' ? [{ name: 'policies', text: given }] : readFiles(option, given)
  if (sources.every(({ text }) => text.trim() === '')) {
    throw new ConfigurationError(option, 'has no policy: everything would be denied')
  }
  return sources
}

function readFiles(option: string, given: PolicyFiles): readonly SourceText[] {
  return policyFiles(option, given).map((path) => ({ name: path, text: readText(option, path) }))
}

/** The files themselves, of folders in the order of their names. */
export function policyFiles(option: string, given: PolicyFiles): readonly string[] {
  const files = typeof given === 'object' && given !== null ? given.files : undefined
  const paths = typeof files === 'string' ? [files] : files
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string' && path !== '')) {
    throw new ConfigurationError(option, "must be Cedar text, or { files: ['policies/'] }")
  }
  const found = paths.flatMap((path) => (isFolder(option, path) ? filesIn(option, path) : [path]))
  if (found.length === 0) throw new ConfigurationError(option, `has no *.cedar file in ${paths.join(', ')}`)
  return found
}

export function isFolder(option: string, path: string): boolean {
  return readFrom(option, path, ({ statSync }) => statSync(path).isDirectory())
}

function filesIn(option: string, folder: string): readonly string[] {
  const names = readFrom(option, folder, ({ readdirSync }) => readdirSync(folder))
  return names
    .filter((name) => name.endsWith('.cedar'))
    .toSorted()
    .map((name) => `${folder.replace(/[\\/]$/, '')}/${name}`)
}

export function readText(option: string, path: string): string {
  return readFrom(option, path, ({ readFileSync }) => readFileSync(path, 'utf8'))
}

function readFrom<Result>(option: string, path: string, read: (fs: FileSystem) => Result): Result {
  const fs = nodeModule(option, 'node:fs')
  try {
    return read(fs)
  } catch (error) {
    const { code } = error as { code?: unknown }
    throw new ConfigurationError(option, `names ${path}, which cannot be read (${String(code)})`)
  }
}
