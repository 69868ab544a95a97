import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ResourceServer } from '@tokenward/core'
import { fakeCognito } from '@tokenward/testkit'
import { conformance, type ConformanceApp } from '@tokenward/testkit/conformance'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { main } from '../../packages/cedar/src/cli/main.ts'
import { codeBlocks, codeBlocksUnder, codeBlockUnder, documentAt, writeCode } from '../support/documents.js'
import { root } from '../support/source-files.js'

/** A pool that answers at the addresses of AWS, inside this process: the code under test knows nothing of it. */
async function poolAtAws() {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
  onTestFinished(() => pool.close())
  await pool.listen()
  return pool
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Puts other text in the place of some; each piece must be there. */
function changed(code: string, changes: Readonly<Record<string, string>>): string {
  let result = code
  for (const [from, to] of Object.entries(changes)) {
    expect(code).toContain(from)
    result = result.replaceAll(from, to)
  }
  return result
}

/** Starts an API from the code of a document, with a pool and a port of this test, and calls it. */
async function start(packageFolder: string, code: string, changes: Readonly<Record<string, string>>) {
  const pool = await poolAtAws()
  const port = await freePort()
  const text = changed(code, { ...changes, 'eu-west-1_AbCdEf123': pool.userPoolId, 'listen(3000)': `listen(${port})` })
  const file = writeCode(packageFolder, `quick-start-${port}`, { 'main.ts': text })('main.ts')
  const { server } = (await import(/* @vite-ignore */ file)) as { server: Server | Promise<Server> }
  const running = await server
  onTestFinished(() => new Promise<void>((resolve) => running.close(() => resolve())))
  const call = (path: string, token?: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { connection: 'close', ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    })
  return { pool, call }
}

async function expectProtected({ pool, call }: Awaited<ReturnType<typeof start>>, path: string): Promise<void> {
  const anonymous = await call(path)
  expect(anonymous.status).toBe(401)
  expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer realm="api"/)
  const granted = await call(path, await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))
  expect(granted.status).toBe(200)
  expect(await granted.text()).toBe('orders of u1')
  expect((await call(path, await pool.accessToken({ scopes: ['orders/write'] }))).status).toBe(403)
  expect((await call(path, await pool.forged.wrongKey({ scopes: ['orders/read'] }))).status).toBe(401)
}

describe('the quick start', () => {
  it.each(['README.md', 'packages/nestjs/README.md'])('of %s protects a NestJS API', async (path) => {
    const running = await start('packages/nestjs', codeBlockUnder('Quick start', documentAt(path)), {
      'your-app-client-id': 'web',
      'NestFactory.create(AppModule)': 'export const server = NestFactory.create(AppModule, { logger: false })',
    })
    await expectProtected(running, '/orders')
    expect((await running.call('/orders/health')).status).toBe(200)
  })

  it('of the front page takes twenty lines', () => {
    expect(codeBlockUnder('Quick start', documentAt('README.md')).trim().split('\n').length).toBeLessThanOrEqual(20)
  })

  it('of core protects a server of node:http, and tells why it refused', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => log.mockRestore())
    const running = await start('packages/core', codeBlockUnder('Quick start', documentAt('packages/core/README.md')), {
      'const server =': 'export const server =',
    })
    await expectProtected(running, '/')
    expect(log.mock.calls).toContainEqual(['request-refused', 'scope-missing'])
    expect(log.mock.calls).toContainEqual(['request-refused', 'signature-invalid'])
  })

  it('of the tRPC package protects procedures, and takes twenty lines', async () => {
    const code = codeBlockUnder('Quick start', documentAt('packages/trpc/README.md'))
    const { pool, call } = await start('packages/trpc', code, {
      'your-app-client-id': 'web',
      'createHTTPServer({': 'export const server = createHTTPServer({',
    })
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(20)
    const anonymous = await call('/orders')
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toStrictEqual([401, 'Bearer realm="api"'])
    const granted = await call('/orders', await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))
    expect([granted.status, await granted.json()]).toStrictEqual([200, { result: { data: '1 orders of u1' } }])
    const refused = await call('/orders', await pool.accessToken())
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { error: { data: { auth: { scope: 'orders/read' } } } },
    ])
    expect((await call('/orders', await pool.forged.wrongKey())).status).toBe(401)
    expect((await call('/health')).status).toBe(200)
  })

  it('of the Lambda package protects a function, and an API with an authorizer', async () => {
    const pool = await poolAtAws()
    const code = codeBlockUnder('Quick start', documentAt('packages/lambda/README.md'))
    const text = changed(code, { 'your-app-client-id': 'web', 'eu-west-1_AbCdEf123': pool.userPoolId })
    const file = writeCode('packages/lambda', 'quick-start', { 'main.ts': text })('main.ts')
    const { handler, authorizer } = (await import(/* @vite-ignore */ file)) as Record<string, LambdaFunction>
    const written = code.split('\n').filter((line) => line !== '' && !line.startsWith('//'))
    expect(written.length).toBeLessThanOrEqual(20)
    const event = (method: string, route: string, token?: string) => ({
      version: '2.0',
      routeKey: `${method} ${route}`,
      rawPath: '/orders',
      rawQueryString: '',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      requestContext: { http: { method } },
    })
    const reader = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const forged = await pool.forged.wrongKey({ scopes: ['orders/read'] })
    expect(await handler?.(event('GET', '/orders', reader), {})).toStrictEqual({
      statusCode: 200,
      body: 'orders of u1',
    })
    expect(await handler?.(event('GET', '/orders'), {})).toMatchObject({
      statusCode: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
    })
    expect(await handler?.(event('GET', '/orders', forged), {})).toMatchObject({ statusCode: 401 })
    expect(await handler?.(event('GET', '/orders', await pool.accessToken()), {})).toMatchObject({ statusCode: 403 })
    const decided = (method: string, route: string, token: string) =>
      authorizer?.(event(method, route, token), {}) as Promise<unknown>
    expect(await decided('GET', '/orders', reader)).toMatchObject({ isAuthorized: true, context: { subject: 'u1' } })
    expect(await decided('DELETE', '/orders/{id}', reader)).toStrictEqual({ isAuthorized: false })
    const writer = await pool.accessToken({ scopes: ['orders/write', 'aws.cognito.signin.user.admin'] })
    expect(await decided('DELETE', '/orders/{id}', writer)).toMatchObject({ isAuthorized: true })
    await pool.revoke(writer)
    expect(await decided('DELETE', '/orders/{id}', writer)).toStrictEqual({ isAuthorized: false })
  })

  it('of the Cedar package has policies decide, and takes twenty lines', async () => {
    const code = codeBlockUnder('Quick start', documentAt('packages/cedar/README.md'))
    const running = await start('packages/cedar', code, { 'const server =': 'export const server =' })
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(20)
    await expectProtected(running, '/')
  })
})

type LambdaFunction = (event: object, context: object) => Promise<unknown>

/** Runs a program of a document, in which every `console.assert` must hold, and gives what it exports. */
async function runBlock(packageFolder: string, name: string, code: string): Promise<unknown> {
  const log = vi.spyOn(console, 'assert').mockImplementation((condition) => expect(condition).toBe(true))
  onTestFinished(() => log.mockRestore())
  const asserted = code.split('console.assert(').length - 1
  const module: unknown = await import(
    /* @vite-ignore */ writeCode(packageFolder, name, { 'test.ts': `${code}\nexport const done = true\n` })('test.ts')
  )
  expect(log).toHaveBeenCalledTimes(asserted)
  return module
}

/** Has vitest run the tests that a document prints, as they are printed. */
function describeBlock(packageFolder: string, name: string, code: string): void {
  describe(name, async () => {
    await import(
      /* @vite-ignore */ writeCode(packageFolder, name.replaceAll(/\W+/g, '-'), { 'test.ts': code })('test.ts')
    )
  })
}

/** What stands for the parts that a block takes from elsewhere. */
const PARTS = {
  'declare const issuer: TrustedIssuer': `
    import { authorizationServer as anyServer } from '@tokenward/core'
    const issuer = anyServer({ issuer: 'https://login.example.com', audience: 'orders-api' })`,
  'declare const api: ResourceServer': `
    import { createResourceServer as create } from '@tokenward/core'
    import { cognitoUserPool as poolFor } from '@tokenward/core/cognito'
    const api = create({
      issuers: [poolFor({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })],
      resource: 'https://api.example.com',
    })`,
}

/** The blocks that no other test runs: they neither listen, nor are tests, nor need what nobody can put in their place. */
const settings = ['cedar', 'core', 'lambda', 'nestjs', 'trpc'].flatMap((name) =>
  codeBlocks(documentAt(`packages/${name}/README.md`))
    .map((code, index) => [name, index + 1, code] as const)
    .filter(([, , code]) => !/listen\(3000\)|^it\('|console\.assert/m.test(code)),
)
it.each(settings)('the code of %s, block %i, is nothing that its package refuses', async (name, index, code) => {
  const parts = Object.entries(PARTS).filter(([declared]) => code.includes(declared))
  const text = changed(code, Object.fromEntries(parts))
  const file = writeCode(`packages/${name}`, `readme-block-${index}`, { 'block.ts': text })('block.ts')
  await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined()
})

const folders = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'README.md')),
)
// packages/nextjs-e2e runs those of Next.js, which need an application around them.
for (const folder of folders.filter((name) => name !== 'nextjs')) {
  const { path, text } = documentAt(`packages/${folder}/README.md`)
  const testing = text.split(/^## /m).find((part) => part.startsWith('Testing\n')) ?? ''
  for (const [index, code] of codeBlocks({ path, text: testing }).entries()) {
    describeBlock(`packages/${folder}`, `test ${index + 1} in the README of ${folder}`, code)
  }
}
describeBlock(
  'packages/core',
  'the quick start of the testkit',
  codeBlockUnder('Quick start', documentAt('packages/testkit/README.md')),
)

for (const title of [
  'Three doors',
  'Signing in',
  'A fake authorization server',
  'A fake policy store',
  'Sender-constrained tokens',
]) {
  for (const [index, code] of codeBlocksUnder(title, documentAt('packages/testkit/README.md')).entries()) {
    describeBlock('packages/testkit', `test ${index + 1} of the testkit under ${title}`, code)
  }
}

it('the code of the testkit under Matchers runs', async () => {
  const code = codeBlockUnder('Matchers', documentAt('packages/testkit/README.md'))
  expect(await runBlock('packages/testkit', 'readme-matchers', code)).toMatchObject({ done: true })
})

it('the code of the testkit about issuers makes a server that passes the cases about them', async () => {
  const [, code = ''] = codeBlocksUnder('A conformance suite for adapters', documentAt('packages/testkit/README.md'))
  const file = writeCode('packages/core', 'readme-issuers', { 'server.ts': code })('server.ts')
  const { serverFor } = (await import(/* @vite-ignore */ file)) as {
    serverFor: (app: ConformanceApp) => ResourceServer
  }
  const suite = conformance({
    name: 'the README',
    async start(app) {
      const api = serverFor(app)
      const fetch = async (request: Request): Promise<Response> => {
        const route = app.routes.find(({ path }) => path === new URL(request.url).pathname)
        const outcome = await api.authorize(request, route?.policy)
        if (outcome.outcome !== 'granted') return Response.json(outcome.body, { ...outcome })
        return Response.json({ route: route?.name, principal: outcome.principal })
      }
      return { fetch, close: () => api.close() }
    },
  })
  const ids = ['no-credentials', 'scope-present', 'opaque-token', 'opaque-token-unknown', 'principal-of-opaque-token']
  const chosen = suite.cases.filter(({ id }) => ids.includes(id))
  expect(chosen).toHaveLength(ids.length)
  for (const one of chosen) await one.run()
  await suite.close()
})

// The projects in consumers/testkit-* run it with the packed package, under each runner.
it('the test at the top of the README of the testkit takes five lines, and passes', async () => {
  const [block] = codeBlocks(documentAt('packages/testkit/README.md')) as [string]
  const [, body] = /^it\(.*\n([\s\S]*)^\}\)\n$/m.exec(block) as unknown as [string, string]
  expect(body.trim().split('\n')).toHaveLength(5)
  const runner = 'export const tests = []\nconst it = (_, test) => tests.push(test)\n'
  const file = writeCode('packages/testkit', 'readme-top', { 'top.js': `${runner}${block}` })('top.js')
  const { tests } = (await import(/* @vite-ignore */ file)) as { tests: readonly (() => Promise<void>)[] }
  expect(tests).toHaveLength(1)
  await tests[0]?.()
})

it('the code of the testkit about conformance runs an adapter in ten lines', async () => {
  const block = codeBlockUnder('A conformance suite for adapters', documentAt('packages/testkit/README.md'))
  const written = block.split('\n').filter((line) => line !== '' && !line.startsWith('import'))
  expect(written.length).toBeLessThanOrEqual(10)
  const code = changed(block, {
    "import { afterAll, describe, it } from 'vitest'": `
      import { startNodeApp } from '../../test/support/conformance-app.js'
      export const [cases, ends] = [new Map<string, () => Promise<void>>(), [] as (() => Promise<void>)[]]
      const describe = (_: string, body: () => void) => body()
      const it = (title: string, body: () => Promise<void>) => cases.set(title.split(':')[0] as string, body)
      const afterAll = (body: () => Promise<void>) => ends.push(body)`,
    'declare function serveMyApp(app: ConformanceApp): Promise<{ url: string; stop(): Promise<void> }>': `
      const serveMyApp = async (app: ConformanceApp) => {
        const { url, close } = await startNodeApp(app)
        return { url: url as string, stop: async () => void (await close?.()) }
      }`,
  })
  const file = writeCode('packages/core', 'readme-conformance', { 'test.ts': code })('test.ts')
  const { cases, ends } = (await import(/* @vite-ignore */ file)) as {
    cases: ReadonlyMap<string, () => Promise<void>>
    ends: readonly (() => Promise<void>)[]
  }
  for (const id of ['no-credentials', 'scope-present', 'keys-fail']) await cases.get(id)?.()
  for (const end of ends) await end()
  expect([cases.size > 100, ends.length]).toStrictEqual([true, 1])
})

it('the code with generateCedar in the README of Cedar runs', async () => {
  const code = codeBlockUnder('From scopes to policies', documentAt('packages/cedar/README.md'))
  expect(await runBlock('packages/cedar', 'readme-generate', code)).toMatchObject({ done: true })
})

it('the example decision in the README of Cedar is made as it says', async () => {
  const [, table = ''] = /^```json\n([\s\S]*?)^```$/m.exec(documentAt('packages/cedar/README.md').text) ?? []
  const schema = `namespace Shop { entity UserGroup; entity User in [UserGroup]; entity Order = { owner: User };
    action read appliesTo { principal: User, resource: Order, context: { token: { scope: Set<String> } } }; }`
  const policy = `@id("owner-reads") permit(principal, action == Shop::Action::"read", resource is Shop::Order)
    when { resource.owner == principal };`
  const at = writeCode('packages/cedar', 'readme-decisions', { 'schema.cedarschema': schema, 'decisions.json': table })
  mkdirSync(at('policies'))
  writeFileSync(at('policies/orders.cedar'), policy)
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const exit = await main(['check', '--folder', at('.')], { out: write, err: write, ask: async () => undefined })
  expect([exit, ...lines]).toStrictEqual([0, '1 policies fit the schema', '1 of 1 decisions as expected'])
})

describe('the README of the NestJS package', () => {
  /** Starts an application with the controller of a block. */
  function startWith(piece: string, name: string) {
    const controller = codeBlocks(documentAt('packages/nestjs/README.md')).find((block) => block.includes(piece))
    const application = `
      import { Module } from '@nestjs/common'
      import { NestFactory } from '@nestjs/core'
      import { cognitoUserPool, TokenwardModule } from '@tokenward/nestjs'
      const pool = cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })
      @Module({ imports: [TokenwardModule.forRoot({ issuers: [pool] })], controllers: [${name}] })
      class AppModule {}
      export const server = NestFactory.create(AppModule, { logger: false }).then((app) => app.listen(3000))`
    return start('packages/nestjs-e2e', `${controller}\n${application}`, {})
  }

  it('shows how claims get their type', async () => {
    const { pool, call } = await startWith('ofTenant', 'InvoicesController')
    const granted = await call('/invoices', await pool.accessToken({ claims: { 'custom:tenant': 'acme' } }))
    expect([granted.status, await granted.text()]).toStrictEqual([200, 'acme'])
    const refused = await call('/invoices', await pool.accessToken())
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect((await call('/invoices')).status).toBe(401)
  })

  it('shows how a handler takes callers that have no token', async () => {
    const { pool, call } = await startWith('presented.credentials', 'NewsController')
    expect(await (await call('/news')).text()).toBe('news for everybody')
    expect(await (await call('/news', await pool.accessToken({ sub: 'u1' }))).text()).toBe('news for u1')
    expect((await call('/news', await pool.forged.wrongKey())).status).toBe(401)
  })

  it('shows a guard that takes tokens from a cookie', async () => {
    const code = codeBlocks(documentAt('packages/nestjs/README.md')).find((block) => block.includes('SessionGuard'))
    const application = `
      import { Controller, Get, Module } from '@nestjs/common'
      import { NestFactory } from '@nestjs/core'
      import { CurrentPrincipal, type Principal } from '@tokenward/nestjs'
      @Controller()
      class MeController {
        @Get('me')
        me(@CurrentPrincipal() caller: Principal) { return caller.subject }
      }
      @Module({ imports: [tokenward], controllers: [MeController] })
      class AppModule {}
      export const server = NestFactory.create(AppModule, { logger: false }).then((app) => app.listen(3000))`
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => log.mockRestore())
    const changes = { 'your-app-client-id': 'web' }
    const { pool, call } = await start('packages/nestjs-e2e', `${code}\n${application}`, changes)
    const cookie = `theme=dark; session=${await pool.accessToken({ sub: 'u1' })}`
    expect(await (await call('/me', undefined, { cookie })).text()).toBe('u1')
    expect((await call('/me')).status).toBe(401)
    expect(log.mock.calls).toStrictEqual([
      ['granted', 'u1'],
      ['denied', 'no-credentials'],
    ])
  })
})
