import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
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
      remove: ['result: facts && (await createFactsCheck(policy).refusalBy(facts))', 'result: facts && ended(facts)'],
      test: precheck('passes whatever is granted'),
    },
  ],
}
