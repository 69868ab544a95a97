import { expect, it } from 'vitest'
import { publish } from '../../src/jws/signing-key.js'
import { takeRsaKey } from '../../src/jws/rsa-key-reserve.js'

it('gives every key once, made ahead or not', async () => {
  const keys = await Promise.all(Array.from({ length: 6 }, takeRsaKey))
  const moduli = keys.map((privateKey) => publish({ kid: 'k', alg: 'RS256', privateKey }).n)
  expect(new Set(moduli).size).toBe(6)
  expect(keys.map(({ asymmetricKeyDetails }) => asymmetricKeyDetails?.modulusLength)).toStrictEqual(
    Array.from({ length: 6 }, () => 2_048),
  )
})
