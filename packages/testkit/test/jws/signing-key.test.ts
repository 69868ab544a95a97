import { createPublicKey, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { decodeJws, signJws } from '../../src/jws/compact-jws.js'
import { createSigningKey, publish } from '../../src/jws/signing-key.js'

it('signs what anybody with the published key can verify', async () => {
  const key = await createSigningKey()
  const token = await signJws({ alg: 'RS256', kid: key.kid }, { path: 'a/b' }, key)
  const { n, e } = publish(key)
  const publicKey = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
  const [input, signature] = [token.slice(0, token.lastIndexOf('.')), decodeJws(token).signature]
  expect(verify('sha256', Buffer.from(input), publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  expect(decodeJws(token)).toMatchObject({ header: { alg: 'RS256' }, payload: { path: 'a/b' } })
})

it('publishes no private member', async () => {
  expect(Object.keys(publish(await createSigningKey())).toSorted()).toStrictEqual([
    'alg',
    'e',
    'kid',
    'kty',
    'n',
    'use',
  ])
})
