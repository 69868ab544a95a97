import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const stepUp = (title: string) => inCore('strategy/step-up.test.ts', title)

export const stepUpRules: Area = {
  title: 'What a route demands of the login',
  rules: [
    {
      rule: 'A login of another class than the route accepts, or of none, is not enough',
      source: 'RFC 9470 §3',
      file: core('strategy/step-up.ts'),
      remove: [
        "if (acrValues.length > 0 && !(acr !== undefined && acrValues.includes(acr))) return 'acr-not-accepted'",
        '',
      ],
      test: stepUp('a demand on the login'),
    },
    {
      rule: 'A login longer ago than the route accepts is not enough',
      source: 'RFC 9470 §3',
      file: core('strategy/step-up.ts'),
      remove: ["maxAge + clockTolerance ? undefined : 'authentication-too-old'", 'maxAge ? undefined : undefined'],
      test: stepUp('a demand on the login'),
    },
    {
      rule: 'A token that does not say when the user logged in has no recent login',
      source: 'RFC 9470 §6',
      file: core('strategy/step-up.ts'),
      remove: [
        "if (authenticatedAt === undefined) return 'authentication-too-old'",
        'if (authenticatedAt === undefined) return undefined',
      ],
      test: stepUp('a demand on the login'),
    },
    {
      rule: 'A clock that is set back makes no login younger than nothing',
      source: 'fail closed',
      file: core('strategy/step-up.ts'),
      remove: ["if (!(authenticatedAt <= now + clockTolerance)) return 'authenticated-in-the-future'", ''],
      test: stepUp('never less than nothing'),
    },
    {
      rule: 'A login in the future is refused on every route',
      source: 'OpenID Connect Core §2',
      file: core('tokens/claim-expectations.ts'),
      remove: [
        "if (authTime !== undefined && !(authTime <= now + clockTolerance)) return 'authenticated-in-the-future'",
        '',
      ],
      test: inCore('tokens/claim-expectations.test.ts', 'refuses a login beyond the tolerance in the future'),
    },
    {
      rule: '`auth_time` of another type than a number is refused, not skipped',
      source: 'OpenID Connect Core §2',
      file: core('tokens/registered-claims.ts'),
      remove: ["numericDate(member(payload, 'auth_time'))", "member(payload, 'auth_time') as number"],
      test: inCore('tokens/registered-claims.test.ts', 'refuses auth_time'),
    },
    {
      rule: '`acr` of another type than a text is refused, not skipped',
      source: 'OpenID Connect Core §2',
      file: core('tokens/registered-claims.ts'),
      remove: ["optionalString(member(payload, 'acr'))", "member(payload, 'acr') as string"],
      test: inCore('tokens/registered-claims.test.ts', 'refuses acr'),
    },
    {
      rule: 'The login is judged again with every decision about a token that is remembered',
      source: 'CVE-2021-32701',
      file: core('resource-server/authorization.ts'),
      remove: ['return refusalOfLogin(policy, facts)\n', 'return undefined\n'],
      test: stepUp('is measured at every decision'),
    },
    {
      rule: 'A login grows too old while a schema or an answer takes its time',
      source: 'fail closed',
      file: core('resource-server/authorization.ts'),
      remove: ['ended(facts, policy) ?? refusalOfLogin(policy, facts)', 'ended(facts, policy)'],
      test: stepUp('counts once more'),
    },
    {
      rule: 'A watch ends when the login is too old for the route',
      source: 'what a watch promises',
      file: core('resource-server/watch.ts'),
      remove: [', authenticatedAt + maxAge)', ')'],
      test: stepUp('ends a watch'),
    },
    {
      rule: 'Combined policies accept the classes that all of them accept',
      source: 'least privilege',
      file: core('strategy/step-up.ts'),
      remove: ['others.every((list)', 'others.some((list)'],
      test: stepUp('combined policies'),
    },
    {
      rule: 'Combined policies without a class in common are refused, and ask for no less',
      source: 'fail closed',
      file: core('strategy/step-up.ts'),
      remove: ['first.length > 0 && acrValues.length === 0', 'false'],
      test: stepUp('that accept nothing in common are refused'),
    },
    {
      rule: 'Of combined policies the most recent login counts',
      source: 'least privilege',
      file: core('strategy/step-up.ts'),
      remove: ['Math.min(...ages)', 'Math.max(...ages)'],
      test: stepUp('combined policies'),
    },
  ],
}
