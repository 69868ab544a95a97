import type { ForgedTokens } from '../../cognito/forged-tokens.js'
import { alone, type CaseDefinition, shared } from '../conformance-case.js'
import { expectRefused, INVALID_TOKEN } from '../expectations.js'
import type { World } from '../world.js'

/** A token that is wrong in one way, on a route it would be good for otherwise. */
function forged(kind: keyof ForgedTokens, what: string): CaseDefinition {
  const define = kind === 'unknownKid' ? alone : shared
  return define(`${what} is refused`, async ({ users, send }) => {
    const token = await users.forged[kind]({ scopes: ['orders/read'] })
    expectRefused(await send('orders', { token }), INVALID_TOKEN)
  })
}

async function expectAllRefused({ send }: World, tokens: readonly Promise<string>[]): Promise<void> {
  for (const token of tokens) expectRefused(await send('orders', { token: await token }), INVALID_TOKEN)
}

/** Each way a token of the testkit can be forged, and bindings to a key that nobody proves to have (`cnf`, RFC 7800). */
export const forgeries = {
  'forged-wrong-key': forged('wrongKey', 'a token signed by another key under the name of the right one'),
  'forged-unknown-kid': forged('unknownKid', 'a token signed by a key that was never published'),
  'forged-tampered': forged('tampered', 'a token whose claims were changed'),
  'forged-alg-none': forged('algNone', 'an unsigned token'),
  'forged-hs256-with-public-key': forged('hs256WithPublicKey', 'a token with the public key as HMAC secret'),
  'forged-expired': forged('expired', 'an expired token'),
  'forged-not-yet-valid': forged('notYetValid', 'a token that is not valid yet'),
  'forged-issued-in-the-future': forged('issuedInTheFuture', 'a token from the future'),
  'forged-without-expiry': forged('withoutExpiry', 'a token that never ends'),
  'forged-id-token': forged('idToken', 'an ID token in place of an access token'),
  'forged-other-pool': forged('otherPool', 'a token of another pool'),
  'forged-other-client': forged('otherClient', 'a token of an app client that was not configured'),
  'forged-critical': forged('critical', 'a token with a critical header that nobody understands'),
  'forged-sender-constrained': forged('senderConstrained', 'a token bound to a certificate that was not shown'),
  'bound-opaque-token': shared('an opaque token bound to a key is refused without a proof', async (world) => {
    const { partners } = world
    const scopes = ['orders/read']
    await expectAllRefused(world, [
      partners.opaqueToken({ scopes, cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' } }),
      partners.opaqueToken({ scopes, cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } }),
    ])
  }),
  'bound-in-any-shape': shared('a binding of a shape that nobody understands binds all the same', async (world) => {
    const shapes = [null, {}, [], '', 0, { kid: 'x' }, { jkt: null }]
    const scopes = ['orders/read']
    await expectAllRefused(
      world,
      shapes.map((cnf) => world.partners.accessToken({ scopes, claims: { cnf } })),
    )
  }),
  'bound-by-the-answer': shared(
    'a binding that only the issuer knows of counts as well',
    async ({ send, partners }) => {
      const token = await partners.accessToken()
      partners.introspection.answerWith(token, { cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' } })
      expectRefused(await send('live', { token }), INVALID_TOKEN)
    },
  ),
  'certificate-by-header': shared(
    'a client certificate that a header claims proves nothing',
    async ({ users, send }) => {
      const token = await users.forged.senderConstrained({ scopes: ['orders/read'] })
      const names = [
        'x-client-cert',
        'x-forwarded-client-cert',
        'x-amzn-mtls-clientcert',
        'ssl-client-cert',
        'client-cert',
      ]
      const headers = names.map((name) => [name, 'Hash=00;Cert="-----BEGIN%20CERTIFICATE-----"'] as const)
      expectRefused(await send('orders', { token, headers }), INVALID_TOKEN)
    },
  ),
} satisfies Record<string, CaseDefinition>
