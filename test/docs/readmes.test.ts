import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeBlocks, documentAt, documents } from '../support/documents.js'
import { membersOf } from '../support/public-members.js'
import { root } from '../support/source-files.js'

const manifestIn = (folder: string) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
const folders = readdirSync(join(root, 'packages'))
const packages = folders.filter((name) => manifestIn(`packages/${name}`).private !== true)

describe('a package README', () => {
  it.each(packages)('of %s has the shape all have: what, install, quick start, options, errors, testing', (name) => {
    const { text } = documentAt(`packages/${name}/README.md`)
    expect(text).toMatch(new RegExp(`^# @tokenward/${name}\n\n\\S`))
    const headings = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1] as string)
    const shape = ['Install', 'Quick start', 'Options', 'Errors', 'Testing']
    expect(headings.filter((heading) => shape.includes(heading))).toStrictEqual(shape)
  })

  it.each(packages)('of %s prints under Testing what a runner takes for a test', (name) => {
    const { path, text } = documentAt(`packages/${name}/README.md`)
    const [, testing = ''] = text.split('\n## Testing\n')
    for (const block of codeBlocks({ path, text: testing })) {
      expect(block).toMatch(/^import \{ expect, it \} from 'vitest'$/m)
      expect(block).toMatch(/^it\('[\s\S]*\n {2}(?:await )?expect\(/m)
      expect(block).not.toMatch(/console\.assert|\bmodule =/)
    }
    expect(testing.includes('vitest')).toBe(testing.includes('```ts'))
  })

  it.each([
    ['packages/core', 'src/resource-server/resource-server-options.ts', 'ResourceServerOptions'],
    ['packages/core', 'src/issuers/issuer-options.ts', 'CommonIssuerOptions'],
    ['packages/core', 'src/issuers/authorization-server.ts', 'GenericIssuerOptions'],
    ['packages/core', 'src/issuers/authorization-server.ts', 'OpaqueTokenIssuerOptions'],
    ['packages/core', 'src/issuers/introspection-options.ts', 'IntrospectionOptions'],
    ['packages/core', 'src/issuers/revocation-options.ts', 'RevocationOptions'],
    ['packages/core', 'src/cognito/user-pool.ts', 'CognitoUserPoolOptions'],
    ['packages/core', 'src/resource-server/protected-resource-metadata.ts', 'ProtectedResourceOptions'],
    ['packages/core', 'src/strategy/route-policy.ts', 'RoutePolicy'],
    ['packages/core', 'src/sender-constraints/certificate-bound.ts', 'CertificateBoundOptions'],
    ['packages/core', 'src/sender-constraints/dpop.ts', 'DpopOptions'],
    ['packages/cedar', 'src/local/cedar-decision-point.ts', 'CedarDecisionPointOptions'],
    ['packages/cedar', 'src/mapping/entity-naming.ts', 'EntityNamingOptions'],
    [
      'packages/cedar',
      'src/verified-permissions/verified-permissions-decision-point.ts',
      'VerifiedPermissionsDecisionPointOptions',
    ],
    ['packages/cedar', 'src/generation/api-description.ts', 'ApiDescription'],
    ['packages/cedar', 'src/generation/api-description.ts', 'RouteDescription'],
    ['packages/nestjs', 'src/module/tokenward-options.ts', 'TokenwardModuleExtras'],
    ['packages/lambda', 'src/handlers/protect.ts', 'HandlerOptions'],
    ['packages/lambda', 'src/gateway/gateway-principal.ts', 'TrustedGateway'],
    ['packages/lambda', 'src/authorizers/result-cache.ts', 'ResultCacheOptions'],
    ['packages/lambda', 'src/authorizers/authorizer-context.ts', 'AuthorizerContext'],
    ['packages/lambda', 'src/wiring/http-api-wiring.ts', 'HttpApiDescription'],
    ['packages/lambda', 'src/wiring/rest-api-wiring.ts', 'RestApiDescription'],
    ['packages/lambda', 'src/wiring/user-pool-description.ts', 'UserPoolDescription'],
    ['packages/lambda', 'src/wiring/mutual-tls-domain.ts', 'MutualTlsDomain'],
    ['packages/nextjs', 'src/credentials.ts', 'CredentialOptions'],
    ['packages/nextjs', 'src/route-handlers.ts', 'HandlerOptions'],
    ['packages/nextjs', 'src/server-code.ts', 'RequireAuthOptions'],
    ['packages/nextjs', 'src/create-proxy.ts', 'ProxyOptions'],
    ['packages/nextjs', 'src/identity-headers.ts', 'IdentityHeaderOptions'],
    ['packages/nextjs', 'src/proxy-rules.ts', 'ProxyRule'],
    ['packages/trpc', 'src/auth-plugin.ts', 'AuthPlugin'],
    ['packages/trpc', 'src/auth-plugin.ts', 'AuthPluginOptions'],
    ['packages/trpc', 'src/denial.ts', 'AuthErrorData'],
    ['packages/trpc', 'src/token-renewal.ts', 'TokenRenewalOptions'],
    ['packages/testkit', 'src/cognito/pool-settings.ts', 'FakeCognitoOptions'],
    ['packages/testkit', 'src/cognito/app-clients.ts', 'AppClientSettings'],
    ['packages/testkit', 'src/cognito/users.ts', 'PoolUserSettings'],
    ['packages/testkit', 'src/cognito/token-requests.ts', 'TokenRequest'],
    ['packages/testkit', 'src/cognito/token-requests.ts', 'UserTokenRequest'],
    ['packages/testkit', 'src/cognito/token-requests.ts', 'AccessTokenRequest'],
    ['packages/testkit', 'src/cognito/token-requests.ts', 'IdTokenRequest'],
    ['packages/testkit', 'src/cognito/forged-tokens.ts', 'ForgedTokens'],
    ['packages/testkit', 'src/authorization-server/server-settings.ts', 'FakeAuthorizationServerOptions'],
    ['packages/testkit', 'src/authorization-server/token-requests.ts', 'TokenContent'],
    ['packages/testkit', 'src/verified-permissions/store-settings.ts', 'FakeVerifiedPermissionsOptions'],
    ['packages/testkit', 'src/verified-permissions/store-settings.ts', 'IdentitySourceSettings'],
    ['packages/testkit', 'src/conformance/conformance.ts', 'ConformanceOptions'],
    ['packages/testkit', 'src/conformance/app-description.ts', 'ConformanceApp'],
  ])('of %s lists every member of %s %s', (folder, file, name) => {
    const { text } = documentAt(`${folder}/README.md`)
    const members = membersOf(`${folder}/${file}`, name)
    expect(members.length).toBeGreaterThan(0)
    expect(members.filter((member) => !text.includes(`| \`${member}\``))).toStrictEqual([])
  })

  it('of core lists every code that operators see, and no other', () => {
    const source = readFileSync(join(root, 'packages/core/src/outcomes/operator-codes.ts'), 'utf8')
    const codes = [...source.matchAll(/^ {2}'([a-z-]+)':/gm)].map((match) => match[1] as string)
    const errors = documentAt('packages/core/README.md').text.split('## Errors')[1]?.split('\n## ')[0] ?? ''
    const listed = [...errors.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1] as string)
    expect(codes.length).toBeGreaterThan(25)
    expect(listed).toStrictEqual(codes)
  })

  it('on the front page names every package', () => {
    const { text } = documentAt('README.md')
    for (const name of packages) expect(text).toContain(`[\`@tokenward/${name}\`](packages/${name}/README.md)`)
  })
})

describe('decisions', () => {
  const pages = documents('docs/decisions')

  it('give the reason for every dependency', () => {
    const manifests = [
      '.',
      'mutation',
      ...folders.map((name) => `packages/${name}`),
      'apps/nestjs-api',
      'apps/nextjs-app',
      'apps/trpc-api',
      'apps/lambda-http-api',
      'apps/mtls-partner-api',
      'apps/lab',
    ]
    const names = manifests.flatMap((folder) => {
      const manifest = manifestIn(folder)
      return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies })
    })
    const ours = new Set(names.filter((name) => !name.startsWith('@tokenward')))
    const text = pages.map((page) => page.text).join('\n')
    expect([...ours].filter((name) => !text.includes(`\`${name}\``))).toStrictEqual([])
  })

  it('are all listed on their front page', () => {
    const list = documentAt('docs/decisions/README.md').text
    for (const { path } of pages) {
      const file = path.split('/').at(-1) as string
      if (file !== 'README.md') expect(list).toContain(`](${file})`)
    }
  })
})
