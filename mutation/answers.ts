import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const metadata = (title: string) => inCore('resource-server/protected-resource-metadata.test.ts', title)
const precheck = (title: string) => inCore('resource-server/precheck.test.ts', title)

export const answerRules: Area = {
  title: 'What proxies and clients are told',
  rules: [
    {
      rule: 'A precheck refuses what the list or an answer has ended',
      source: 'revoked is final',
      file: core('resource-server/authorization.ts'),
      remove: [
        "if (await strategyOf(trusted).isRevoked(authentication.key, facts)) return { ...known, result: 'token-revoked' }",
        '',
      ],
      test: precheck('knows what the list'),
    },
    {
      rule: 'A precheck holds a token to all that facts decide',
      source: 'fail closed',
      file: core('resource-server/authorization.ts'),
      remove: [
        'result: facts && (await createFactsCheck(policy).refusalBy(facts))',
        'result: facts && ended(facts, policy)',
      ],
      test: precheck('passes whatever is granted'),
    },
    {
      rule: 'An API is known to clients by an https address without query and fragment',
      source: 'RFC 9728 §1.2',
      file: core('resource-server/protected-resource-metadata.ts'),
      remove: [
        'const problem = whatIsWrongWithIssuer(identifier, allowInsecureLoopback)',
        'const problem = undefined as string | undefined',
      ],
      test: metadata('is not made from'),
    },
    {
      rule: 'The identifier of an API is written as clients write it, who compare it letter by letter',
      source: 'RFC 9728 §3.3',
      file: core('resource-server/protected-resource-metadata.ts'),
      remove: ['if (!written.includes(identifier as string)) {', 'if (false) {'],
      test: metadata('is not made from'),
    },
    {
      rule: 'A challenge says nothing of scopes where no scope would help',
      source: 'RFC 6750 §3.1',
      file: core('resource-server/challenge.ts'),
      remove: ["return reason === 'scope-missing' ? { scope", 'return scopes.length > 0 ? { scope'],
      test: inCore('resource-server/challenge.test.ts', 'names scopes for no other reason'),
    },
  ],
}
