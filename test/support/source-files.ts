import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const root: string = resolve(import.meta.dirname, '../..')

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  /** Specifiers of every import and re-export, those of types and `import()` included. */
  readonly imports: readonly string[]
}

/** All TypeScript files below a folder of the repository. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((path) => path.endsWith('.ts') && !/(^|\/)(node_modules|dist)\//.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })
}

export function importsOf(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] as string)
}

/** Where core leaves the choice of a file to the platform, the file that says what all choices have in common. */
const ports: Readonly<Record<string, string>> = {
  '#signature': 'packages/core/src/keys/signature.port.ts',
  '#http-client': 'packages/core/src/transport/http-client.port.ts',
}

/** Whether an import means a file of the same package. */
export function isInternal(specifier: string): boolean {
  return specifier.startsWith('.') || Object.hasOwn(ports, specifier)
}

/** The file an internal import means, relative to the repository. */
export function targetOf(file: SourceFile, specifier: string): string {
  return ports[specifier] ?? relative(root, resolve(root, dirname(file.path), specifier)).replace(/\.js$/, '.ts')
}
