import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const asked = (title: string) => inCore('resource-server/decisions.test.ts', title)
const making = (title: string) => inCore('resource-server/decision-making.test.ts', title)

export const decisionRules: Area = {
  title: 'The decision point',
  rules: [
    {
      rule: 'A route with an action is not entered unless the decision point permits it',
      source: 'fail closed',
      file: core('resource-server/authorization.ts'),
      remove: ['if (denial !== undefined) return not(', "if (denial === 'never') return not("],
      test: making('is a yes, or 403'),
    },
    {
      rule: 'An answer that is neither a yes nor a no permits nothing',
      source: 'fail closed',
      file: core('resource-server/decision-making.ts'),
      remove: ["code: decision === 'permit' ? undefined : 'decision-denied'", 'code: undefined'],
      test: making('is a yes, or 403'),
    },
    {
      rule: 'An answer of no known shape permits nothing',
      source: 'fail closed',
      file: core('resource-server/decision-making.ts'),
      remove: ["if (decision === 'permit' || decision === 'deny') {", "if (decision !== 'error') {"],
      test: making('that is none'),
    },
    {
      rule: 'What a prototype says permits nothing',
      source: 'CWE-1321',
      file: core('resource-server/decision-making.ts'),
      remove: [
        'Object.assign(answer, await decide())',
        'const given = (await decide()) as Record<string, unknown>\n    for (const name in given) answer[name] = given[name]',
      ],
      test: making('that is none'),
    },
    {
      rule: 'All that combined policies ask must be permitted',
      source: 'least privilege',
      file: core('strategy/route-policy.ts'),
      remove: ['decisions: [...new Set(all.flatMap(({ decisions }) => decisions))]', 'decisions: first.decisions'],
      test: asked('must permit all that combined policies ask'),
    },
    {
      rule: 'Nobody is asked about a token that anything else refuses',
      source: 'token first, decision second',
      file: core('resource-server/authorization.ts'),
      remove: [
        "if (gathered.decision !== 'evidence') return not(isClosed() ? 'resource-server-closed' : gathered.reason)",
        "if (gathered.decision !== 'evidence') { await decisionMaker?.decide(policy.decisions, { route: undefined, facts: validated as TokenFacts, principal: principalOf(validated as TokenFacts, undefined, undefined as never), accessToken: () => token, request: undefined, memo: undefined }); return not(gathered.reason) }",
      ],
      test: asked('is asked last'),
    },
    {
      rule: 'A token that is revoked while the decision is made is refused',
      source: 'what maxRevocationLag promises',
      file: core('resource-server/authorization.ts'),
      remove: ['strategy.unlessRevoked(key, facts, () => {', '((grant) => grant())(() => {'],
      test: making('lets no'),
    },
    {
      rule: 'The proof of a token grows older while the decision is made',
      source: 'what maxRevocationLag promises',
      file: core('resource-server/authorization.ts'),
      remove: ['decidedFrom === undefined ? evidence : aged(evidence, decidedFrom)', 'evidence'],
      test: making('makes the proof of the token older'),
    },
    {
      rule: 'A decision point that does not answer holds no request longer than its timeout',
      source: 'CWE-400',
      file: core('resource-server/decision-making.ts'),
      remove: ["land(failed('decision-unavailable', 'timeout', undefined))", ''],
      test: making('is given up at the deadline'),
    },
    {
      rule: 'What comes after the deadline decides nothing',
      source: 'fail closed',
      file: core('resource-server/decision-making.ts'),
      remove: ['if (!open.delete(giveUp)) return', 'open.delete(giveUp)'],
      test: making('comes too late'),
    },
    {
      rule: 'What a loader throws permits nothing, whatever the decision point makes of it',
      source: 'fail closed',
      file: core('resource-server/decision-making.ts'),
      remove: ['return landing ?? answer', 'return answer'],
      test: asked('whatever the decision point makes of it'),
    },
    {
      rule: 'A resource that does not exist is not asked about',
      source: 'fail closed',
      file: core('resource-server/decision-making.ts'),
      remove: [
        "if (found === null || (found === undefined && demand.resource !== undefined)) return { code: 'resource-unknown' }",
        '',
      ],
      test: asked('that does not exist is 403'),
    },
    {
      rule: 'What a function of the application throws is told to nobody but the operator',
      source: 'CWE-209',
      file: core('resource-server/decision-resource.ts'),
      remove: ['onFailure(error)', 'onFailure(error)\n      throw error'],
      test: inCore('resource-server/decision-resource.test.ts', 'hides from others what it threw'),
    },
    {
      rule: 'A decision is shared only among policies on facts that are the same',
      source: 'CVE-2021-32701',
      file: core('resource-server/decision-making.ts'),
      remove: ['known.facts === facts && isYoung(known)', 'isYoung(known)'],
      test: making('once an answer has narrowed'),
    },
    {
      rule: 'A decision is not shared for longer than a request takes',
      source: 'CVE-2021-32701',
      file: core('resource-server/decision-making.ts'),
      remove: ['known.facts === facts && isYoung(known)', 'known.facts === facts'],
      test: making('are decided anew where the request goes on'),
    },
    {
      rule: 'A policy with an action is refused where nobody can decide it',
      source: 'fail closed',
      file: core('resource-server/policy-decision-point.ts'),
      remove: ['demands.length > 0 && decisionPoint === undefined', 'false'],
      test: inCore('resource-server/policy-decision-point.test.ts', 'must be there'),
    },
    {
      rule: 'A resource or a context without an action is a mistake, not a policy that asks nothing',
      source: 'fail closed',
      file: core('strategy/decision-demand.ts'),
      remove: ['if (lonely === undefined) return []', 'return []'],
      test: inCore('strategy/decision-demand.test.ts', 'without an action'),
    },
  ],
}
