import assert from 'node:assert/strict'
import type { IssuedCertificate } from '../../certificates/issued-certificate.js'
import { certificateAuthority } from '../../certificates/certificate-authority.js'
import { dpopKey, type DpopKey } from '../../sender-constraints/dpop-key.js'
import type { ForgedProofs } from '../../sender-constraints/forged-proofs.js'
import type { DpopProofRequest } from '../../sender-constraints/proof-claims.js'
import { bound, type CaseDefinition } from '../conformance-case.js'
import { challengesIn, expectGranted, expectNotHandled } from '../expectations.js'
import { ORIGIN, type RouteName } from '../routes.js'
import { CERTIFICATE_HEADER, METADATA_PATH, PROXY, PUBLIC_URL, RESOURCE } from '../senders.js'
import type { WireResponse } from '../wire-request.js'
import type { World } from '../world.js'

/** A client of DPoP: its key, and a token that is bound to it. */
interface KeyClient {
  readonly key: DpopKey
  readonly token: string
}

type Changed = Partial<DpopProofRequest> & { readonly by?: DpopKey; readonly forge?: keyof ForgedProofs }

async function keyClient({ partners, app }: World, kind: 'jwt' | 'opaque' = 'jwt'): Promise<KeyClient> {
  const key = await dpopKey({ clock: app.clock })
  const request = { cnf: key.cnf, scopes: ['orders/read'] }
  return { key, token: await (kind === 'jwt' ? partners.accessToken(request) : partners.opaqueToken(request)) }
}

/** What the next proof has to hold: any refusal tells it. */
async function nonceOf({ send }: World): Promise<string> {
  const { headers } = await send('any')
  const nonce = headers.get('dpop-nonce')
  assert.ok(nonce, 'a refusal without credentials has no DPoP-Nonce header, which clients make their proofs with')
  return nonce
}

/** A proof for one request, right but for what is said. */
async function proofFor(world: World, route: RouteName, client: KeyClient, { by, forge, ...changed }: Changed = {}) {
  const path = `/${route}`
  const request = { method: 'GET', url: `${PUBLIC_URL}${path}`, accessToken: client.token, nonce: await nonceOf(world) }
  const key = by ?? client.key
  return (forge === undefined ? key.proof : key.forged[forge])({ ...request, ...changed })
}

const proven = ({ token }: Pick<KeyClient, 'token'>, ...proofs: readonly string[]) => [
  ['authorization', `DPoP ${token}`] as const,
  ...proofs.map((proof) => ['dpop', proof] as const),
]

/** The proxy tells of a client certificate, and shows that it is the proxy. */
function throughProxy({ certificate }: IssuedCertificate, secret: string = PROXY.secretHeader.value) {
  const base64 = certificate.replaceAll(/-----[^-]+-----|\s/g, '')
  return [
    [CERTIFICATE_HEADER, `:${base64}:`],
    [PROXY.secretHeader.name, secret],
  ] as const
}

/** Refused with 401, and the client is told under the scheme it used, which comes first. */
function expectRefusedAs(response: WireResponse, scheme: 'Bearer' | 'DPoP', error: string | undefined): void {
  expectNotHandled(response)
  assert.equal(response.status, 401, `status of the refusal: ${response.body.slice(0, 300)}`)
  const [first] = challengesIn(response)
  assert.equal(first?.scheme, scheme, 'the scheme of the first challenge')
  assert.equal(first?.parameters['error'], error, 'the error code in the first challenge')
}

/** Tokens that are bound to their senders (RFC 8705, RFC 9449). */
export const senderConstraints = {
  'sender-challenges': bound(
    'a client without a token is told of both schemes, and of the algorithms',
    async (world) => {
      const response = await world.send('any')
      expectRefusedAs(response, 'Bearer', undefined)
      const [, dpop, ...others] = challengesIn(response)
      assert.equal(dpop?.scheme, 'DPoP')
      assert.match(dpop?.parameters['algs'] ?? '', /(?:^| )ES256(?: |$)/)
      assert.equal(others.length, 0)
    },
  ),
  'sender-metadata': bound(
    'metadata say what is required, to everybody, and challenges where they are',
    async (world) => {
      const response = await world.send('any', { path: METADATA_PATH })
      assert.equal(response.status, 200, `status of the metadata: ${response.body.slice(0, 300)}`)
      const metadata = JSON.parse(response.body) as Record<string, unknown>
      assert.equal(metadata['resource'], RESOURCE)
      assert.deepEqual(
        new Set(metadata['authorization_servers'] as unknown[]),
        new Set([world.users.issuer, world.partners.issuer]),
      )
      assert.equal(metadata['tls_client_certificate_bound_access_tokens'], true)
      assert.ok((metadata['dpop_signing_alg_values_supported'] as unknown[] | undefined)?.includes('ES256'))
      for (const { parameters } of challengesIn(await world.send('any'))) {
        assert.equal(parameters['resource_metadata'], `${PUBLIC_URL}${METADATA_PATH}`)
      }
    },
  ),
  'sender-key': bound('a token bound to a key is let in with a proof of that key', async (world) => {
    for (const kind of ['jwt', 'opaque'] as const) {
      for (const route of ['bound', 'any'] as const) {
        const client = await keyClient(world, kind)
        const headers = proven(client, await proofFor(world, route, client))
        expectGranted(await world.send(route, { headers }), route)
      }
    }
  }),
  'sender-key-in-the-query': bound('a proof is for the path, whatever the query is', async (world) => {
    const client = await keyClient(world)
    const headers = proven(client, await proofFor(world, 'any', client))
    expectGranted(await world.send('any', { headers, path: '/any?page=2' }), 'any')
  }),
  'sender-key-as-bearer': bound('a token bound to a key is refused as a bearer token', async (world) => {
    for (const kind of ['jwt', 'opaque'] as const) {
      const client = await keyClient(world, kind)
      const [, ...proof] = proven(client, await proofFor(world, 'any', client))
      for (const headers of [[], proof]) {
        expectRefusedAs(await world.send('any', { token: client.token, headers }), 'Bearer', 'invalid_token')
      }
    }
  }),
  'sender-key-without-proof': bound('a token bound to a key is refused without a proof, or with two', async (world) => {
    const client = await keyClient(world)
    expectRefusedAs(await world.send('any', { headers: proven(client) }), 'DPoP', 'invalid_dpop_proof')
    const two = [await proofFor(world, 'any', client), await proofFor(world, 'any', client)]
    expectRefusedAs(await world.send('any', { headers: proven(client, ...two) }), 'DPoP', 'invalid_dpop_proof')
  }),
  'sender-key-of-a-thief': bound('a token bound to a key is refused with a proof of another key', async (world) => {
    const client = await keyClient(world)
    const by = await dpopKey({ clock: world.app.clock })
    const headers = proven(client, await proofFor(world, 'any', client, { by }))
    expectRefusedAs(await world.send('any', { headers }), 'DPoP', 'invalid_token')
  }),
  'sender-forged-proofs': bound('a forged proof is refused, whatever is wrong with it', async (world) => {
    const client = await keyClient(world)
    const errors: Partial<Record<keyof ForgedProofs, string>> = {
      strangersKey: 'invalid_token',
      otherNonce: 'use_dpop_nonce',
    }
    for (const forge of Object.keys(client.key.forged) as (keyof ForgedProofs)[]) {
      const headers = proven(client, await proofFor(world, 'any', client, { forge }))
      expectRefusedAs(await world.send('any', { headers }), 'DPoP', errors[forge] ?? 'invalid_dpop_proof')
    }
  }),
  'sender-proof-of-another-request': bound('a proof for another route or method is refused', async (world) => {
    const client = await keyClient(world)
    for (const [route, method] of [
      ['orders', 'GET'],
      ['any', 'POST'],
      ['any', 'HEAD'],
    ] as const) {
      const headers = proven(client, await proofFor(world, route, client, { method }))
      expectRefusedAs(await world.send('any', { headers }), 'DPoP', 'invalid_dpop_proof')
    }
  }),
  'sender-proof-of-a-post': bound('a proof serves a request of any method', async (world) => {
    const { app, partners } = world
    const key = await dpopKey({ clock: app.clock })
    const token = await partners.accessToken({ cnf: key.cnf, scopes: ['orders/read', 'orders/write'] })
    const headers = proven({ token }, await proofFor(world, 'new-order', { key, token }, { method: 'POST' }))
    expectGranted(await world.send('new-order', { headers }), 'new-order')
  }),
  'sender-proof-twice': bound('a proof serves once, also among many requests at once', async (world) => {
    const client = await keyClient(world)
    const headers = proven(client, await proofFor(world, 'any', client))
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.send('any', { headers })))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, 'requests that were let in with one proof')
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectRefusedAs(answer, 'DPoP', 'invalid_dpop_proof')
    }
    expectRefusedAs(await world.send('any', { headers }), 'DPoP', 'invalid_dpop_proof')
  }),
  'sender-nonce': bound('a proof without the nonce is refused, and told the nonce', async (world) => {
    const client = await keyClient(world)
    const missing = proven(client, await proofFor(world, 'any', client, { claims: { nonce: undefined } }))
    const response = await world.send('any', { headers: [...missing, ['origin', ORIGIN]] })
    expectRefusedAs(response, 'DPoP', 'use_dpop_nonce')
    const nonce = response.headers.get('dpop-nonce')
    assert.ok(nonce, 'a challenge for a nonce tells it in DPoP-Nonce')
    const exposed = (response.headers.get('access-control-expose-headers') ?? '').toLowerCase()
    assert.ok(exposed.includes('dpop-nonce'), 'DPoP-Nonce is exposed to browsers')
    const headers = proven(client, await proofFor(world, 'any', client, { nonce }))
    expectGranted(await world.send('any', { headers }), 'any')
  }),
  // Last of those about keys: time only goes on.
  'sender-nonce-renewed': bound('a client whose nonce is about to end is let in, and told the next', async (world) => {
    const client = await keyClient(world)
    const nonce = await nonceOf(world)
    await world.advance('5m')
    const headers = proven(client, await proofFor(world, 'any', client, { nonce }))
    const response = await world.send('any', { headers })
    expectGranted(response, 'any')
    const next = response.headers.get('dpop-nonce')
    assert.ok(next, 'a grant to a client with an old nonce tells the new one in DPoP-Nonce')
    assert.notEqual(next, nonce, 'the nonce that a grant tells is the old one')
    const again = proven(client, await proofFor(world, 'any', client, { nonce: next }))
    expectGranted(await world.send('any', { headers: again }), 'any')
  }),
  'sender-unbound': bound('a token bound to nothing is refused where that is demanded, and as DPoP', async (world) => {
    const token = await world.partners.accessToken({ scopes: ['orders/read'] })
    expectGranted(await world.send('any', { token }), 'any')
    expectRefusedAs(await world.send('bound', { token }), 'Bearer', 'invalid_token')
    const key = await dpopKey({ clock: world.app.clock })
    const headers = proven({ token }, await proofFor(world, 'any', { key, token }))
    expectRefusedAs(await world.send('any', { headers }), 'DPoP', 'invalid_token')
  }),
  'sender-certificate': bound('a token bound to a certificate is let in with it, and with no other', async (world) => {
    const authority = await certificateAuthority()
    const [own, other] = [await authority.clientCertificate(), await authority.clientCertificate()]
    for (const kind of ['accessToken', 'opaqueToken'] as const) {
      const token = await world.partners[kind]({ cnf: own.cnf, scopes: ['orders/read'] })
      for (const route of ['bound', 'any'] as const) {
        expectGranted(await world.send(route, { token, headers: throughProxy(own) }), route)
      }
      expectRefusedAs(await world.send('any', { token, headers: throughProxy(other) }), 'Bearer', 'invalid_token')
      expectRefusedAs(await world.send('any', { token }), 'Bearer', 'invalid_token')
    }
  }),
  'sender-certificate-of-no-proxy': bound('a certificate that no proxy tells of is none', async (world) => {
    const own = await (await certificateAuthority()).clientCertificate()
    const token = await world.partners.accessToken({ cnf: own.cnf, scopes: ['orders/read'] })
    const [certificate] = throughProxy(own)
    for (const headers of [[certificate], throughProxy(own, 'x'.repeat(PROXY.secretHeader.value.length))]) {
      expectRefusedAs(await world.send('any', { token, headers }), 'Bearer', 'invalid_token')
    }
  }),
  'sender-certificate-and-key': bound('a token bound to both is let in with both, and with no less', async (world) => {
    const authority = await certificateAuthority()
    const [own, other] = [await authority.clientCertificate(), await authority.clientCertificate()]
    const key = await dpopKey({ clock: world.app.clock })
    const token = await world.partners.accessToken({ cnf: { ...own.cnf, ...key.cnf }, scopes: ['orders/read'] })
    const client = { key, token }
    const both = [...proven(client, await proofFor(world, 'any', client)), ...throughProxy(own)]
    expectGranted(await world.send('any', { headers: both }), 'any')
    const mixed = [...proven(client, await proofFor(world, 'any', client)), ...throughProxy(other)]
    expectRefusedAs(await world.send('any', { headers: mixed }), 'DPoP', 'invalid_token')
    const alone = [...proven(client), ...throughProxy(own)]
    expectRefusedAs(await world.send('any', { headers: alone }), 'DPoP', 'invalid_dpop_proof')
  }),
} satisfies Record<string, CaseDefinition>
