import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const held = (title: string) => inCore('resource-server/held-decisions.test.ts', title)
const claims = (title: string) => inCore('resource-server/present-claims.test.ts', title)

export const heldDecisionRules: Area = {
  title: 'Decisions that others repeat, and claims that others verified',
  rules: [
    {
      rule: 'A token that ends while the decision is held gets none',
      source: 'RFC 7519 §4.1.4',
      file: core('resource-server/authorization.ts'),
      remove: ["if (heldFor > 0 && isExpired(expiresAt, 0, now + heldFor)) return 'token-ends-too-soon'", ''],
      test: held('ends within that time'),
    },
    {
      rule: 'Evidence is younger than the bound by the time for which the decision is held',
      source: 'the promise of `maxRevocationLag`',
      file: core('strategy/held-decision.ts'),
      remove: ["lag === 'token-lifetime' ? lag : Math.max(0, lag - heldFor)", 'lag'],
      test: held('keeps the bound on revocation'),
    },
    {
      rule: 'In an outage as well',
      source: 'the promise of `maxRevocationLagDuringOutage`',
      file: core('strategy/held-decision.ts'),
      remove: ['duringOutage === undefined ? undefined : Math.max(0, duringOutage - heldFor)', 'duringOutage'],
      test: held('counts in an outage'),
    },
    {
      rule: 'A bound that ends before the decision does cannot be declared',
      source: 'fail closed',
      file: core('strategy/held-decision.ts'),
      remove: ['if (bound === undefined || bound > heldFor) continue', 'continue'],
      test: inCore('strategy/held-decision.test.ts', 'is not made where a revoked token may be accepted'),
    },
    {
      rule: 'A token that is bound to its sender gets no decision that is repeated to others',
      source: 'RFC 8705 §3, RFC 9449 §7.2, under caching',
      file: core('resource-server/authorization.ts'),
      remove: ["if (policy.heldFor > 0 && facts.confirmation !== undefined) return 'sender-constraint-unchecked'", ''],
      test: inCore('resource-server/sender-constraints.test.ts', 'is refused where the answer is repeated'),
    },
    {
      rule: 'A route that demands a bound token has no such decisions',
      source: 'fail closed',
      file: core('strategy/held-decision.ts'),
      remove: ["if (senderConstrained === 'required') {", 'if (false) {'],
      test: inCore('resource-server/sender-constraints.test.ts', 'is refused where the answer is repeated'),
    },
    {
      rule: 'What a decision point says of one request is not repeated for others',
      source: 'facts, never verdicts',
      file: core('strategy/held-decision.ts'),
      remove: ['if (decisions.length > 0) {', 'if (decisions.length < 0) {'],
      test: inCore('strategy/held-decision.test.ts', 'is not made for what a decision point says'),
    },
    {
      rule: 'A login that grows too old while the decision is held is not enough',
      source: 'RFC 9470 §3',
      file: core('resource-server/authorization.ts'),
      remove: ['policy.maxAge === undefined ? undefined : policy.maxAge - heldFor', 'policy.maxAge'],
      test: held('the policy of old logins'),
    },
    {
      rule: 'A decision that took too long to be held is none',
      source: 'the promise of `maxRevocationLag`',
      file: core('resource-server/authorization.ts'),
      remove: ['canBeHeld(policy, proof, clock.now())', 'true'],
      test: held('deciding took so long'),
    },
    {
      rule: 'Claims that others verified are held to issuer, audience, times and kind of token',
      source: 'RFC 8725 §3.3',
      file: core('tokens/jwt-validator.ts'),
      remove: [
        'const refusal = refusalByTime(claims, times, now) ?? profile.refusal(token)',
        'const refusal = undefined as RefusalCode | undefined',
      ],
      test: claims('are held to everything but signature and key'),
    },
    {
      rule: 'Claims of a token that is bound to a key are refused without it',
      source: 'RFC 7800 §3.1',
      file: core('tokens/jwt-validator.ts'),
      remove: [
        "return readConfirmation(payload) === undefined ? unproven.facts : 'sender-constraint-unchecked'",
        'return unproven.facts',
      ],
      test: claims('are held to everything but signature and key'),
    },
    {
      rule: 'Nobody is asked about claims without a token',
      source: 'fail closed',
      file: core('strategy/strategy-engine.ts'),
      remove: ['token === undefined || !live.check.reaches(facts)', '!live.check.reaches(facts)'],
      test: claims('are no token that anybody could be asked about'),
    },
  ],
}
