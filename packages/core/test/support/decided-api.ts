import {
  type Clock,
  type Decision,
  type DecisionRequest,
  inMemoryRevocationList,
  type PolicyDecisionPoint,
  type RoutePolicy,
  type TokenwardEvent,
} from '../../src/index.js'
import { introspectedApi, type IssuerChanges } from './introspected-api.js'
import { serverFor, testIssuer, withToken } from './test-issuer.js'

export const order = { type: 'Order', id: '7' } as const
export const PERMIT: Decision = { decision: 'permit' }
export const FORBIDDEN = { status: 403, body: { error: 'insufficient_scope' } }

export type Answer = Decision | ((request: DecisionRequest, options: { signal: AbortSignal }) => unknown)

/** An API whose decision point answers as told, with the questions it was asked. */
export async function decidedApi(
  answer: Answer = PERMIT,
  { issuer = {}, clock, ...more }: { issuer?: IssuerChanges; clock?: Clock } & Partial<PolicyDecisionPoint> = {},
) {
  const asked: DecisionRequest[] = []
  const revocationList = inMemoryRevocationList()
  const decisionPoint: PolicyDecisionPoint = {
    decide(request, options) {
      asked.push(request)
      return (typeof answer === 'function' ? answer(request, options) : answer) as Decision
    },
    ...more,
  }
  const { server, api, events } = await introspectedApi(issuer, {
    decisionPoint,
    revocationList,
    ...(clock && { clock }),
  })
  const authorize = async (policy: RoutePolicy, token?: string) =>
    api.authorize(withToken(token ?? (await server.accessToken({ sub: 'u1', scopes: ['a'] }))), policy)
  const eventsOf = (type: TokenwardEvent['type']) => events.filter((event) => event.type === type)
  return { server, api, asked, authorize, revocationList, events, eventsOf }
}

/** The same without introspection, where time stands still unless it is moved. */
export async function stillApi(answer: Answer = PERMIT) {
  const issuer = await testIssuer()
  const asked: DecisionRequest[] = []
  const decisionPoint: PolicyDecisionPoint = {
    decide(request, options) {
      asked.push(request)
      return (typeof answer === 'function' ? answer(request, options) : answer) as Decision
    },
  }
  return { issuer, asked, ...serverFor(issuer, {}, { decisionPoint }) }
}
