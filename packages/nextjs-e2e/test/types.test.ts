import { beforeAll, describe, expect, it } from 'vitest'
import { compileApp, readmeFiles, writeApp } from './support/readme-app.js'

const files = await readmeFiles()
const auth = { 'lib/auth.ts': files['lib/auth.ts'] as string }

describe('the README', () => {
  it('prints files that compile as they are, by the types that Next.js generates for them', async () => {
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        'app/orders/[id]/route.ts',
        'app/account/page.tsx',
        'app/account/actions.ts',
        'lib/orders.ts',
        'lib/auth-with-authjs.ts',
        'proxy.ts',
        'test/proxy.test.ts',
      ]),
    )
    expect(await compileApp(await writeApp('readme', files))).toBe('')
  })
})

describe('the types', () => {
  const compile = (name: string, more: Readonly<Record<string, string>>) =>
    writeApp(name, { ...auth, ...more }).then(compileApp)

  it('take every form of handler', async () => {
    const errors = await compile('handlers', {
      'app/a/[id]/route.ts': `
        import { definePolicy } from '@tokenward/nextjs'
        import { z } from 'zod'
        import { withAuth } from '../../../lib/auth'
        const ofTenant = definePolicy({ claims: z.object({ 'custom:tenant': z.string() }) })
        export const GET = withAuth(ofTenant, async (_request, { principal }, { params }: RouteContext<'/a/[id]'>) => {
          const tenant: string = principal.claims['custom:tenant']
          return Response.json({ tenant, id: (await params).id satisfies string })
        })
        export const POST = withAuth({}, () => new Response())
        export const PUT = withAuth({ scopes: ['a/b'] }, async (request) => Response.json(await request.json()), {})
        export const PATCH = withAuth(
          { claims: z.object({ level: z.number() }), resource: { type: 'A', id: '1' }, action: 'edit' },
          (_request, { principal: { claims } }) => Response.json(claims.level satisfies number),
        )`,
      'app/b/[...rest]/route.ts': `
        import { withAuth } from '../../../lib/auth'
        export const GET = withAuth({}, async (_request, _who, { params }: RouteContext<'/b/[...rest]'>) =>
          Response.json((await params).rest satisfies string[]))`,
      'pages/api/c.ts': `
        import { createNextAuth } from '@tokenward/nextjs'
        import { api } from '../../lib/auth'
        export default createNextAuth(api).withAuthApi({}, (_request, response, { principal }) =>
          response.json(principal.subject satisfies string))`,
    })
    expect(errors).toBe('')
  })

  it('follow the policy into server code and into the proxy', async () => {
    const errors = await compile('server-code', {
      'lib/tenant.ts': `
        import { definePolicy, type Principal } from '@tokenward/nextjs'
        import { z } from 'zod'
        import { createProxy, currentPrincipal, requireAuth } from './auth'
        const ofTenant = definePolicy({ claims: z.object({ tenant: z.string() }) })
        export async function tenant(params: Promise<{ id: string }>) {
          const { claims } = await requireAuth(ofTenant, {
            params: await params,
            onRefused: ({ status }) => (status === 401 ? '/sign-in' : undefined),
          })
          const literal = await requireAuth({ claims: z.object({ level: z.number() }) })
          const any = await requireAuth()
          // @ts-expect-error no schema has checked it
          any.claims.tenant.length
          // @ts-expect-error nobody has awaited them
          await requireAuth({}, { params })
          // @ts-expect-error misspelt
          await requireAuth({ scope: ['a'] })
          const who: Principal | undefined = await currentPrincipal()
          return [claims.tenant satisfies string, literal.claims.level satisfies number, who?.subject]
        }
        export const fence = createProxy({
          rules: [
            {
              path: '/a',
              policy: ofTenant,
              onRefused: ({ status }, request) => \`/sign-in?from=\${request.nextUrl.pathname}&\${status}\`,
            },
            { path: '/b', policy: { scopes: ['a/b'] }, acceptCookie: true },
          ],
        })`,
    })
    expect(errors).toBe('')
  })

  const mistakes: Readonly<Record<string, readonly [code: string, error: RegExp]>> = {
    'a context of another route': [
      `withAuth({}, async (_r, _w, { params }: RouteContext<'/b/[name]'>) => Response.json((await params).name))`,
      /RouteContext|not assignable/,
    ],
    'parameters that nobody has typed': [
      'withAuth({}, async (_r, _w, { params }) => Response.json((await params).id))',
      /'params'|unknown|Property 'id'/,
    ],
    'a misspelt policy': ["withAuth({ scope: ['a'] }, () => new Response())", /'scope'.*'scopes'/s],
    'claims that no schema checks': [
      "withAuth<{ admin: true }>({ scopes: ['a'] }, (_r, { principal }) => Response.json(principal.claims.admin))",
      /StandardSchema/,
    ],
    'a misspelt option': ['withAuth({}, () => new Response(), { cookie: true })', /'cookie'/],
    'a handler that answers nothing': ['withAuth({}, () => {})', /void/],
  }
  const folderOf = (what: string) => `app/${what.replaceAll(' ', '-')}/[id]`
  /** All of them in one application, as writing and checking its types takes seconds. */
  let errors: readonly string[]
  beforeAll(async () => {
    const routes = Object.entries(mistakes).map(([what, [code]]) => [
      `${folderOf(what)}/route.ts`,
      `import { withAuth } from '../../../lib/auth'\nexport const GET = ${code}`,
    ])
    const found = await compile('refused', {
      ...Object.fromEntries(routes),
      'app/b/[name]/route.ts': 'export const GET = () => new Response()',
    })
    // One error may go on over several lines, which are indented.
    errors = found.split(/\n(?=\S)/)
  })

  it.each(Object.entries(mistakes))('refuse %s', (what, [, error]) => {
    const ofRoute = errors.filter((message) => message.includes(folderOf(what)))
    expect(ofRoute.join('\n')).toMatch(error)
    expect(ofRoute.join('\n')).toContain('error TS')
  })

  it('refuse nothing else', () => {
    const known = Object.keys(mistakes).map(folderOf)
    expect(
      errors.filter((message) => message.trim() !== '' && !known.some((folder) => message.includes(folder))),
    ).toStrictEqual([])
  })
})
