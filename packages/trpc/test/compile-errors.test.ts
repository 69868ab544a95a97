import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const packages = '../../..'

/** What a compiler says of code that stands in a project with this package. */
async function errorsOf(code: string): Promise<string> {
  const folder = join(root, '.tokenward', 'compile-errors')
  await mkdir(folder, { recursive: true })
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const source = (path: string) => [`${packages}/${path}`]
  const paths = {
    '#signature': source('core/src/keys/signature.port.ts'),
    '#http-client': source('core/src/transport/http-client.port.ts'),
    '@tokenward/core': source('core/src/index.ts'),
    '@tokenward/core/*': source('core/src/*/index.ts'),
    '@tokenward/core/aws': source('core/src/requests/aws.ts'),
    '@tokenward/core/node': source('core/src/requests/node.ts'),
    '@tokenward/trpc': ['../../src/index.ts'],
  }
  const tsconfig = {
    extends: '../../tsconfig.json',
    compilerOptions: { rootDir: packages, paths },
    include: ['./*.ts'],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await writeFile(join(folder, 'router.ts'), code)
  return promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).then(
    () => '',
    ({ stdout }: { readonly stdout: string }) => stdout,
  )
}

const router = (context: string) => `
  import { initTRPC } from '@trpc/server'
  import type { AuthPlugin, RequestSource } from '@tokenward/trpc'
  declare const auth: AuthPlugin
  const createContext = (opts: RequestSource) => (${context})
  const t = initTRPC.context<typeof createContext>().create()
  export const procedure = t.procedure.concat(auth.policy({ scopes: ['orders/read'] }))
`

it('the compiler says what to do where the context lacks what procedures need', async () => {
  expect(await errorsOf(router('{ ...auth.context(opts), db: [] }'))).toBe('')
  const [first] = (await errorsOf(router('{ url: opts, db: [] }'))).split('\n')
  expect(first).toMatch(/AuthProcedure<CreateContextMustSpreadAuthContext, .*TypeError<"Context mismatch">/)
})
