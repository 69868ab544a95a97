/** On demand: most tests need no certificate. The library in turn needs the reflection of decorators' metadata. */
export async function loadX509() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

export type X509Library = Awaited<ReturnType<typeof loadX509>>

/** What every key here is, and signs with. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export function makeKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

export type CertificateKeys = Awaited<ReturnType<typeof makeKeys>>

/** PKCS #8. */
export async function pemOf(privateKey: CertificateKeys['privateKey']): Promise<string> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey))
  const lines = pkcs8.toString('base64').match(/.{1,64}/g) as string[]
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n')
}
