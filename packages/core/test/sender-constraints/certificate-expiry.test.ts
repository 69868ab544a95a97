import { describe, expect, it } from 'vitest'
import type { TokenwardEvent } from '../../src/index.js'
import { createExpiryWarning } from '../../src/sender-constraints/certificate-expiry.js'
import { factsOf, ISSUER, NOW } from '../support/revoked-tokens.js'

const DAY = 86_400_000

function warnings(warnFrom = 30 * DAY) {
  const events: TokenwardEvent[] = []
  let now = NOW
  const clock = { now: () => now }
  const warn = createExpiryWarning({ clock, emit: (event) => events.push(event), issuers: [] }, warnFrom)
  const certificate = (thumbprint: string, notAfter: number, notBefore = NOW - 365 * DAY) =>
    ({ thumbprint, notBefore, notAfter, certificate: undefined, isChainTrusted: true }) as const
  return { events, warn, certificate, advance: (milliseconds: number) => (now += milliseconds) }
}

describe('a certificate that is about to end', () => {
  it('is reported, with whose it is and until when', () => {
    const { events, warn, certificate } = warnings()
    warn(certificate('a', NOW + 30 * DAY), factsOf())
    expect(events).toStrictEqual([])
    warn(certificate('a', NOW + 30 * DAY - 1), factsOf())
    const [event] = events
    expect(event).toStrictEqual({
      type: 'client-certificate-expiring',
      at: NOW,
      issuer: ISSUER,
      clientId: 'client',
      expiresAt: NOW + 30 * DAY - 1,
    })
  })

  it('is reported once a day for each client and certificate', () => {
    const { events, warn, certificate, advance } = warnings()
    for (let i = 0; i < 3; i++) warn(certificate('a', NOW + 9 * DAY), factsOf())
    expect(events).toHaveLength(1)
    warn(certificate('b', NOW + 9 * DAY), factsOf())
    warn(certificate('a', NOW + 9 * DAY), factsOf({ clientId: 'other' }))
    expect(events).toHaveLength(3)
    advance(DAY - 1)
    warn(certificate('a', NOW + 9 * DAY), factsOf())
    expect(events).toHaveLength(3)
    advance(1)
    warn(certificate('a', NOW + 9 * DAY), factsOf())
    expect(events).toHaveLength(4)
  })

  it('is not reported before the last third of its life', () => {
    const { events, warn, certificate, advance } = warnings()
    warn(certificate('a', NOW + 2 * DAY, NOW - DAY), factsOf())
    expect(events).toHaveLength(0)
    advance(DAY + 1)
    warn(certificate('a', NOW + 2 * DAY, NOW - DAY), factsOf())
    expect(events).toHaveLength(1)
  })

  it('is not reported where nobody wants to know, or its end is not known', () => {
    const never = warnings(0)
    never.warn(never.certificate('a', NOW + 1), factsOf())
    const hashed = warnings()
    hashed.warn(hashed.certificate('a', Infinity, -Infinity), factsOf())
    expect([...never.events, ...hashed.events]).toStrictEqual([])
  })
})
