import type { IssuedCertificate } from '@tokenward/testkit'
import type { Partner } from './partner.js'
import type { RunningDemo } from './running-demo.js'
import { AURORA, NOT_ITS_SENDER, type Step } from './step.js'

const pinOf = ({ thumbprint }: IssuedCertificate) => ({ thumbprint })

/** A partner that goes on, with another certificate. */
export function rotationSteps(demo: RunningDemo): readonly Step[] {
  const { authority, certificates, partner, deploy, cognitoToken, boundToken } = demo
  const { aurora: old } = certificates
  let next: IssuedCertificate
  const both = async (...identities: readonly IssuedCertificate[]) => {
    const token = await cognitoToken('aurora')
    const answers: string[] = []
    for (const identity of identities) answers.push(await partner(identity).ask({ token }))
    return answers.join(', then ')
  }
  return [
    {
      call: 'the next certificate, before it is on the list',
      async run() {
        next = await authority.clientCertificate({ commonName: 'orders', organization: 'Aurora' })
        return both(next)
      },
      expected: NOT_ITS_SENDER,
      operatorSees: ['certificate-not-pinned'],
      because: 'that the authority has signed it does not make it the one of this client',
    },
    {
      call: 'old and next, both on the list',
      async run() {
        await deploy({ aurora: [pinOf(old), pinOf(next)] })
        return both(old, next)
      },
      expected: `${AURORA}, then ${AURORA}`,
      operatorSees: ['client-certificate-expiring (aurora)'],
      because: 'the partner changes when it likes',
    },
    {
      call: 'next and old, the old one taken out',
      async run() {
        await deploy({ aurora: [pinOf(next)] })
        return both(next, old)
      },
      expected: `${AURORA}, then ${NOT_ITS_SENDER}`,
      operatorSees: ['certificate-not-pinned'],
      because: 'the rotation is over',
    },
    {
      call: 'a token bound to the old one, over the next',
      run: async () => partner(next).ask({ token: await boundToken('aurora', old) }),
      expected: NOT_ITS_SENDER,
      operatorSees: ['certificate-mismatch'],
      because: 'bound tokens end with the certificate they were asked for with',
    },
    {
      call: 'a token that was asked for with the next',
      run: async () => partner(next).ask({ token: await boundToken('aurora', next) }),
      expected: AURORA,
      because: 'no list has to be changed for these',
    },
  ]
}

/** A partner that does not. */
export function revocationSteps(demo: RunningDemo): readonly Step[] {
  const { certificates, partner, boundToken, cognitoToken, revoke } = demo
  const { aurora, borealis } = certificates
  let connected: Partner
  let token: string
  return [
    {
      call: 'Borealis, over a connection that stays open',
      async run() {
        connected = partner(borealis)
        token = await boundToken('borealis', borealis)
        return connected.ask({ token })
      },
      expected: '200 orders of borealis',
      because: 'nothing is known against it',
    },
    {
      call: 'the same connection, after the revocation',
      async run() {
        await revoke('borealis')
        return connected.ask({ token })
      },
      expected: '401 invalid_token (The access token is invalid)',
      operatorSees: ['token-revoked'],
      because: 'a connection outlives its certificate; the list of revocations ends the tokens at once',
    },
    {
      call: 'the same with a new token of Cognito',
      run: async () => connected.ask({ token: await cognitoToken('borealis') }),
      expected: '401 invalid_token (The access token is invalid)',
      operatorSees: ['token-revoked'],
      because: 'all tokens of the client, also those that are issued later',
    },
    {
      call: 'a new connection',
      async run() {
        connected.hangUp()
        return connected.ask({ token })
      },
      expected: 'no connection',
      operatorSees: ['CERT_REVOKED'],
      because: 'its certificate stands on the list of its authority (CRL)',
    },
    {
      call: 'Aurora',
      run: async () => partner(aurora).ask({ token: await boundToken('aurora', aurora) }),
      expected: AURORA,
      operatorSees: ['client-certificate-expiring (aurora)'],
      because: 'the other partner notices nothing',
    },
  ]
}
