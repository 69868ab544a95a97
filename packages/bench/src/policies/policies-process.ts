// Measures in one process how long a decision by policies takes, one by one, with all contenders in turn.
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { cedarDecisionPoint, decimal, entity } from '@tokenward/cedar'
import type { DecisionRequest, Principal } from '@tokenward/core'
import { median } from '../measure/statistics.ts'
import type { PoliciesQuestion, PoliciesTimes } from './policies-rows.ts'
import { actions, caller, policies, schema } from './shop.ts'

const { poolId, subject, groups, scopes } = caller
const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`
const claims = {
  iss: issuer,
  sub: subject,
  username: subject,
  client_id: 'web',
  token_use: 'access',
  scope: scopes.join(' '),
  'cognito:groups': groups,
  iat: 1_800_000_000,
  exp: 1_800_003_600,
  jti: 'a6f4a1de-9d0b-4a42-8d0e-6f1f2f3f4f5f',
}
const principal = {
  subject,
  clientId: 'web',
  scopes,
  groups,
  issuer,
  expiresAt: claims.exp * 1_000,
  claims: claims as unknown as Principal['claims'],
  evidence: { source: 'local-validation', asOf: claims.iat * 1_000, lagMs: 0, relaxed: false },
} as const satisfies Principal

const shared = { policies, namespace: 'Shop' }
const sliced = cedarDecisionPoint(shared)
const whole = cedarDecisionPoint({ ...shared, sliceByAction: false })
const slicedChecked = cedarDecisionPoint({ ...shared, schema })
const wholeChecked = cedarDecisionPoint({ ...shared, schema, sliceByAction: false })
const staticPolicies = Object.fromEntries(
  policies
    .split(/(?=@id)/)
    .slice(1)
    .map((text) => [/@id\("([^"]+)"\)/.exec(text)?.[1] as string, text]),
)
cedar.preparsePolicySet('bench', { staticPolicies })
for (const action of actions) {
  const chosen = Object.entries(staticPolicies).filter(([id]) => id.startsWith(`${action}/`))
  cedar.preparsePolicySet(`bench/${action}`, { staticPolicies: Object.fromEntries(chosen) })
}

/** Each decides about the next order, as requests come. */
const contenders: Record<keyof PoliciesTimes, (order: number) => unknown> = {
  whole: (order) => whole.decide(requestOf(order)),
  sliced: (order) => sliced.decide(requestOf(order)),
  wholeChecked: (order) => wholeChecked.decide(requestOf(order)),
  slicedChecked: (order) => slicedChecked.decide(requestOf(order)),
  preparsed: (order) => cedar.statefulIsAuthorized({ ...callOf(order), preparsedPolicySetId: 'bench' }),
  preparsedByAction: (order) => {
    const call = callOf(order)
    return cedar.statefulIsAuthorized({ ...call, preparsedPolicySetId: `bench/${call.action.id}` })
  },
  unparsed: (order) => cedar.isAuthorized({ ...callOf(order), policies: { staticPolicies } }),
}
/** In one turn: one with all policies to parse takes as long as all of them. */
const DECISIONS = 50
const names = Object.keys(contenders) as (keyof PoliciesTimes)[]

process.on('message', ({ turns }: PoliciesQuestion) => {
  void measure(turns).then((answer) => process.send?.({ answer }))
})
process.on('disconnect', () => process.exit())
process.send?.({})

/** Milliseconds, the median of all decisions of a contender. They take turns, in an order that rotates. */
async function measure(turns: number): Promise<PoliciesTimes> {
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<keyof PoliciesTimes, number[]>
  for (let turn = 0; turn < turns; turn += 1) {
    for (const position of names.keys()) {
      const name = names[(position + turn) % names.length] as keyof PoliciesTimes
      const decisions = name === 'unparsed' ? 1 : DECISIONS
      for (let order = turn * decisions; order < (turn + 1) * decisions; order += 1) {
        const start = performance.now()
        const answer = await contenders[name](order)
        times[name].push(performance.now() - start)
        expectPermit(name, answer)
      }
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as unknown as PoliciesTimes
}

/** An answer that is none, or another, must not be measured. */
function expectPermit(name: string, answer: unknown): void {
  const { decision, response } = answer as { decision?: string; response?: { decision: string } }
  if (decision !== 'permit' && response?.decision !== 'allow') throw new Error(`${name}: ${JSON.stringify(answer)}`)
}

function requestOf(order: number): DecisionRequest {
  return {
    principal,
    action: actions[order % actions.length] as string,
    resource: {
      type: 'Order',
      id: String(order),
      parents: [{ type: 'Market', id: 'eu' }],
      attributes: async () => ({ owner: entity('User', `${poolId}|${subject}`), total: decimal('12.50') }),
    },
    context: { mfa: true },
    request: undefined,
    accessToken: () => '',
  }
}

/** The same in the words of the engine. */
function callOf(order: number) {
  const uid = { type: 'Shop::User', id: `${poolId}|${subject}` }
  const resource = { type: 'Shop::Order', id: String(order) }
  const { iss, sub, username, client_id, iat, exp, jti } = claims
  return {
    principal: uid,
    action: { type: 'Shop::Action', id: actions[order % actions.length] as string },
    resource,
    context: { mfa: true, token: { iss, sub, username, client_id, iat, exp, jti, scope: scopes } },
    entities: [
      { uid, attrs: {}, parents: groups.map((group) => ({ type: 'Shop::UserGroup', id: `${poolId}|${group}` })) },
      {
        uid: resource,
        attrs: { owner: { __entity: uid }, total: { __extn: { fn: 'decimal', arg: '12.50' } } },
        parents: [{ type: 'Shop::Market', id: 'eu' }],
      },
    ],
  }
}
