import { describe, expect, it } from 'vitest'
import { definePolicy, type TokenwardEvent } from '../../src/index.js'
import { createAnswerer, type Reception } from '../../src/resource-server/answering.js'
import { anySender } from '../../src/sender-constraints/sender-checks.js'
import { factsOf, ISSUER, NOW } from '../support/revoked-tokens.js'

function answerer() {
  const events: TokenwardEvent[] = []
  const clock = { now: () => NOW }
  return { events, ...createAnswerer({ clock, emit: (event) => events.push(event), resource: { realm: 'orders' } }) }
}

const policy = definePolicy({ name: 'orders.list', scopes: ['a'] })
const reception: Reception = { scheme: 'Bearer', sender: anySender }
const known = { issuer: ISSUER, facts: factsOf() }
const evidence = { source: 'local-validation', asOf: NOW, lagMs: 0, relaxed: false } as const

describe('an answer', () => {
  it('is reported once, with what operators need and clients do not get', () => {
    const { events, answer, denied } = answerer()
    const principal = { evidence } as never
    expect(answer({ ...known, result: principal }, policy, reception)).toMatchObject({ outcome: 'granted', principal })
    expect(answer({ ...known, result: 'group-missing' }, policy, reception)).toMatchObject({ status: 403 })
    expect(denied('token-expired', { issuer: ISSUER, facts: undefined }, policy, reception)).toMatchObject({
      status: 401,
    })
    expect(denied('jwks-unreachable', known, policy, reception)).toMatchObject({ status: 503 })
    const event = { at: NOW, route: 'orders.list', issuer: ISSUER }
    expect(events).toStrictEqual([
      { type: 'request-granted', ...event, clientId: 'client', evidence },
      {
        type: 'request-refused',
        ...event,
        clientId: 'client',
        status: 403,
        error: 'insufficient_scope',
        reason: 'group-missing',
      },
      {
        type: 'request-refused',
        ...event,
        clientId: undefined,
        status: 401,
        error: 'invalid_token',
        reason: 'token-expired',
      },
      { type: 'request-unavailable', ...event, reason: 'jwks-unreachable' },
    ])
  })

  it('of a refusal tells what the route demands, in the realm of the server', () => {
    const { denied } = answerer()
    expect(denied('scope-missing', known, policy, reception)).toMatchObject({
      headers: { 'WWW-Authenticate': expect.stringMatching(/^Bearer realm="orders".*scope="a"$/) },
    })
  })
})
