import { describe, expect, it } from 'vitest'
import { checkPinnedClients, type PinnedClient } from '../../src/sender-constraints/pinned-clients.js'
import { partner, stranger } from '../support/client-certificates.js'
import { factsOf } from '../support/revoked-tokens.js'

const issuers = [['https://a.example', 'https://a2.example'], ['https://b.example']]
const check = (clients: unknown, verifies = true) =>
  checkPinnedClients('pinned', clients as readonly PinnedClient[], { issuers, verifies })
const certificates = [{ thumbprint: partner.thumbprint }]

describe('pinned clients', () => {
  it('are found by the client and the issuer of a token', () => {
    const pinsOf = check([{ clientId: 'machine', issuer: 'https://a.example', certificates }])
    const pins = (issuer: string, clientId: string | undefined) => pinsOf(factsOf({ issuer, clientId }))
    expect(pins('https://a.example', 'machine')).toHaveLength(1)
    expect(pins('https://b.example', 'machine')).toBeUndefined()
    expect(pins('https://a.example', 'other')).toBeUndefined()
  })

  it('let in no token of their issuer that does not say whose it is', () => {
    const pinsOf = check([{ clientId: 'machine', issuer: 'https://a.example', certificates }])
    const pins = (issuer: string) => pinsOf(factsOf({ issuer, clientId: undefined }))
    expect(pins('https://a.example')).toStrictEqual([])
    expect(pins('https://a2.example')).toStrictEqual([])
    expect(pins('https://b.example')).toBeUndefined()
  })

  it('are pinned under every name the issuer goes by', () => {
    const pinsOf = check([{ clientId: 'machine', issuer: 'https://a.example', certificates }])
    expect(pinsOf(factsOf({ issuer: 'https://a2.example', clientId: 'machine' }))).toHaveLength(1)
  })

  it('are pinned whoever the issuer is, where none is named', () => {
    const pinsOf = check([{ clientId: 'machine', certificates }])
    for (const issuer of issuers.flat()) expect(pinsOf(factsOf({ issuer, clientId: 'machine' }))).toHaveLength(1)
  })

  it('may have several certificates, as while one takes the place of another', () => {
    const both = [...certificates, { thumbprint: stranger.thumbprint }]
    expect(
      check([{ clientId: 'machine', certificates: both }])(
        factsOf({ issuer: 'https://b.example', clientId: 'machine' }),
      ),
    ).toHaveLength(2)
  })

  it('are none where none are given', () => {
    expect(check(undefined)(factsOf())).toBeUndefined()
  })

  it.each([
    [[], 'pinned must be a list of one or more clients'],
    [{ machine: certificates }, 'pinned must be a list'],
    [[{ certificates }], 'pinned[0].clientId must be'],
    [[{ clientId: '', certificates }], 'pinned[0].clientId must be'],
    [[{ clientId: 'a' }], 'pinned[0].certificates must be a list'],
    [[{ clientId: 'a', certificates: [] }], 'pinned[0].certificates must be a list'],
    [[{ clientId: 'a', certificates: [{}] }], 'pinned[0].certificates[0] must say'],
    [[{ clientId: 'a', certificates, issuer: 'https://c.example' }], 'pinned[0].issuer must be one of the configured'],
    [[{ clientId: 'a', certificates, thumbprint: 'x' }], 'pinned[0].thumbprint is not an option'],
    [[undefined], 'pinned[0] takes a plain object'],
    [
      [
        { clientId: 'a', certificates },
        { clientId: 'a', certificates, issuer: 'https://b.example' },
      ],
      'pinned[1] repeats the client a of https://b.example',
    ],
    [
      [
        { clientId: 'a', certificates, issuer: 'https://a.example' },
        { clientId: 'a', certificates, issuer: 'https://a2.example' },
      ],
      'pinned[1] repeats the client a',
    ],
  ])('refuse %j', (clients, message) => {
    expect(() => check(clients)).toThrow(message)
  })

  it('are pinned to no names where no chain is ever verified', () => {
    expect(() => check([{ clientId: 'a', certificates: [{ dns: 'a.example' }] }], false)).toThrow(
      'pinned[0].certificates[0].dns proves nothing',
    )
  })
})
