import type { Area, Rule } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const simulated: Rule['test'] = {
  project: 'core',
  file: 'packages/core/test/strategy/lag-promise.test.ts',
  title: 'keeps the promise, revokes for good and lets in whom it must, over random schedules',
}
const source = 'what maxRevocationLag promises'
const held = (rule: string, file: string, from: string, to: string): Rule => ({
  rule,
  source,
  file: core(file),
  remove: [from, to],
  test: simulated,
})

/** Each of these is found by the simulation within ten thousand schedules. */
export const promise: Area = {
  title: 'The number of a route',
  rules: [
    held(
      'An answer is true as of the instant its call was sent, not as of its arrival',
      'strategy/strategy-engine.ts',
      'answers.recordActive({ key, endsAt }, { startedAt: sentAt,',
      'answers.recordActive({ key, endsAt }, { startedAt: { wall: clock.now(), monotonic: clock.monotonic?.() ?? 0 },',
    ),
    held(
      'A request joins no call that was sent too long before it came',
      'strategy/live-flights.ts',
      'elapsedSince(startedAt, arrival) + CLOCK_RESOLUTION <= maxLag',
      'true',
    ),
    held(
      'What happens within one tick of the clock is not known to be in order',
      'strategy/live-flights.ts',
      'elapsedSince(startedAt, arrival) + CLOCK_RESOLUTION <= maxLag',
      'elapsedSince(startedAt, arrival) <= maxLag',
    ),
    held(
      'A joined call that fails is no outage for who came later',
      'strategy/live-flights.ts',
      "        // It began before this request came, so that its failure is none of this request's.\n",
      '        return await sent.landed\n',
    ),
    held(
      'The age of a token counts the tolerance against it',
      'strategy/evidence-rule.ts',
      'arrival.wall - issuedAt + clockTolerance',
      'arrival.wall - issuedAt',
    ),
    held(
      'The age of a token proves nothing where the issuer does not look at the login',
      'strategy/strategy-engine.ts',
      'if (issuedAtIsEvidence && issuedAt !== undefined) {',
      'if (issuedAt !== undefined) {',
    ),
    held(
      'A wall clock that steps back makes no answer younger',
      'transport/clock.ts',
      'Math.max(now.wall - start.wall, now.monotonic - start.monotonic)',
      'now.wall - start.wall',
    ),
    held(
      'A process that was frozen does not take an old answer for a young one',
      'transport/clock.ts',
      'Math.max(now.wall - start.wall, now.monotonic - start.monotonic)',
      'now.monotonic - start.monotonic',
    ),
    held(
      'A bound of nothing takes no evidence but a call of its own',
      'strategy/evidence-rule.ts',
      '(lag > 0 && age <= lag)',
      'age <= Math.max(lag, 300)',
    ),
    held(
      'An outage relaxes a bound up to the second number and no further',
      'strategy/strategy-engine.ts',
      'await atHand(question, maxRevocationLagDuringOutage, true)',
      "await atHand(question, 'token-lifetime', true)",
    ),
    held(
      'Without a second number an outage relaxes nothing',
      'strategy/strategy-engine.ts',
      'if (maxRevocationLagDuringOutage === undefined || !OUTAGES.has(error.code)) return UNCHECKED',
      "if (maxRevocationLagDuringOutage === undefined) return (await atHand(question, 'token-lifetime', false)) ?? UNCHECKED",
    ),
    held(
      'An outage is never an inactive answer',
      'strategy/strategy-engine.ts',
      'if (isKnownRevoked(key, facts)) return REVOKED\n',
      'return REVOKED\n',
    ),
    held(
      'An inactive answer is remembered for good',
      'strategy/live-answers.ts',
      'this.#revoked.set(key, { since: startedAt, hint }, endsAt)',
      '',
    ),
    held(
      'An inactive answer about a newborn token is not remembered',
      'strategy/live-answers.ts',
      'if (isNewborn) return',
      '',
    ),
    held(
      'After a no, no older yes serves',
      'strategy/live-answers.ts',
      'if (known !== undefined && !isLater(known.startedAt, startedAt)) this.#active.delete(key)',
      '',
    ),
    held(
      'What is revoked is looked up once more right before a grant',
      'strategy/strategy-engine.ts',
      'return isKnownRevoked(key, facts) ? undefined : grant()',
      'return grant()',
    ),
    held(
      'The list is consulted on every route',
      'strategy/strategy-engine.ts',
      'if (facts !== undefined && revocations?.denies(facts) === true) return true',
      '',
    ),
    held(
      'The age of a list counts the tolerance against it',
      'strategy/evidence-rule.ts',
      'arrival.wall - completeAsOf + clockTolerance',
      'arrival.wall - completeAsOf',
    ),
    held(
      'A list proves nothing of a token from before its stream was followed',
      'revocation/connect-revocation-list.ts',
      'facts.issuedAt >= followedSince + clockTolerance + propagationDelay',
      'facts.issuedAt >= 0',
    ),
    held(
      'A list proves nothing of a token that its entries cannot name',
      'revocation/connect-revocation-list.ts',
      'if (!isNameable(facts, KIND_OF[key])) return -Infinity',
      '',
    ),
    held(
      'The entry of a token ends after every clock has seen its end',
      'revocation/deny-rule.ts',
      'return entry.expiresAt + leeway + clockTolerance',
      'return entry.expiresAt',
    ),
    held(
      'A token under whose hint something inactive is remembered is looked up by its name',
      'strategy/strategy-engine.ts',
      'live?.answers.mayBeInactive(key) === true',
      'false',
    ),
    held(
      'The entry of a login outlives the longest token of it',
      'revocation/deny-rule.ts',
      'return lastIssueAt + maxTokenLifetime + leeway + 2 * clockTolerance + propagationDelay',
      'return lastIssueAt + maxTokenLifetime / 2',
    ),
  ],
}
