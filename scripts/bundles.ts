import { readFile } from 'node:fs/promises'
import { dirname, extname, join, normalize } from 'node:path'
import { type Check, verdict } from './checks.ts'
import { root } from './process.ts'

const PLATFORMS = ['node', 'web']
const PACKAGES = ['cedar', 'core', 'lambda', 'nestjs', 'nextjs', 'testkit', 'trpc']
/** Of the message of `enableTestPrincipals`, which no minifier takes away. */
const MARK = 'lets requests in without a token'

/**
 * Servers that need no token are for tests: what is built for production must not reach their code, in any module
 * format. Their own entry must, or this would prove nothing.
 */
export const testPrincipalsApart: Check = {
  name: 'no production entry holds test principals',
  async run() {
    const problems: string[] = []
    for (const name of PACKAGES) {
      const folder = join(root, 'packages', name)
      const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
      for (const [entry, target] of Object.entries<Target>(exports)) {
        if (typeof target === 'string') continue
        for (const { default: file } of [target.import, target.require]) {
          const reached = await reachedFrom(join(folder, file))
          const holds = [...reached.values()].some(
            (text) => text.includes(MARK) || /@tokenward\/\w+\/testing/.test(text),
          )
          if (holds !== (entry === './testing')) problems.push(`${name}: ${entry} (${file})`)
        }
      }
    }
    return verdict(problems.length === 0, `these entries hold, or lack, test principals:\n${problems.join('\n')}`)
  },
}

type Target = string | { readonly import: { readonly default: string }; readonly require: { readonly default: string } }

/** A built file with all those of its package that it loads. */
async function reachedFrom(file: string, reached = new Map<string, string>()): Promise<Map<string, string>> {
  if (reached.has(file)) return reached
  const text = await readFile(file, 'utf8')
  reached.set(file, text)
  for (const [, specifier = ''] of text.matchAll(/(?:from|import|require)\s*\(?\s*["']([.#][^"']+)["']/g)) {
    // What has conditions stands beside it, once for each platform.
    const files = specifier.startsWith('#')
      ? PLATFORMS.map((platform) => `./${specifier.slice(1)}.${platform}${extname(file)}`)
      : [specifier]
    for (const name of files) await reachedFrom(normalize(join(dirname(file), name)), reached)
  }
  return reached
}
