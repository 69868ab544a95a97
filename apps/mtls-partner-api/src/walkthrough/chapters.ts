import type { IssuedCertificate } from '@tokenward/testkit'
import type { Partner } from './partner.js'
import type { RunningDemo } from './running-demo.js'

/** One request of a partner, and what must come of it. */
export interface Step {
  readonly call: string
  readonly run: () => Promise<string>
  readonly expected: string
  /** What the operator has to see, each once; nothing where nothing is said. */
  readonly operatorSees?: readonly string[]
  readonly because: string
}

/** Steps under one heading. */
export interface Chapter {
  readonly heading: string
  readonly steps: readonly Step[]
}

const NOT_ITS_SENDER = '401 invalid_token (The access token is not shown to come from its sender)'
const AURORA = '200 orders of aurora'

export function chapters(demo: RunningDemo): readonly Chapter[] {
  return [
    { heading: 'Who gets a connection', steps: connectionSteps(demo) },
    { heading: 'Tokens that the authorization server has bound to a certificate', steps: boundSteps(demo) },
    { heading: 'Amazon Cognito binds none: clients are pinned to their certificates', steps: pinnedSteps(demo) },
    { heading: 'Aurora changes to its next certificate', steps: rotationSteps(demo) },
    { heading: 'Borealis is revoked', steps: revocationSteps(demo) },
  ]
}

function connectionSteps({ authority, partner, certificates, boundToken }: RunningDemo): readonly Step[] {
  const forged = async (kind: keyof typeof authority.forged) => partner(await authority.forged[kind]()).ask()
  return [
    {
      call: 'without a certificate',
      run: () => partner().ask(),
      expected: 'no connection',
      operatorSees: ['ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'],
      because: 'the handshake demands one',
    },
    {
      call: 'a certificate that no authority has signed',
      run: () => forged('selfSigned'),
      expected: 'no connection',
      operatorSees: ['DEPTH_ZERO_SELF_SIGNED_CERT'],
      because: 'Node verifies the chain',
    },
    {
      call: 'a certificate that has ended',
      run: () => forged('expired'),
      expected: 'no connection',
      operatorSees: ['CERT_HAS_EXPIRED'],
      because: 'and its dates',
    },
    {
      call: 'Aurora, without a token',
      run: () => partner(certificates.aurora).ask(),
      expected: '401 (This request needs an access token)',
      operatorSees: ['no-credentials'],
      because: 'a certificate says who connects, and not what it may do',
    },
    {
      call: 'Aurora reads the metadata of the API',
      run: () => partner(certificates.aurora).ask({ path: '/.well-known/oauth-protected-resource' }),
      expected: '200 tls_client_certificate_bound_access_tokens: true',
      because: 'RFC 9728 §2',
    },
    {
      call: 'Aurora, with a token that is bound to nothing',
      run: async () => partner(certificates.aurora).ask({ token: await boundToken('aurora') }),
      expected: '401 invalid_token (This request needs an access token that is bound to its sender)',
      operatorSees: ['sender-constraint-missing'],
      because: "senderConstrained: 'required'",
    },
  ]
}

function boundSteps({ partner, certificates, boundToken, boundOpaqueToken }: RunningDemo): readonly Step[] {
  const { aurora, borealis } = certificates
  const auroraToken = () => boundToken('aurora', aurora)
  return [
    {
      call: 'Aurora, with its token',
      run: async () => partner(aurora).ask({ token: await auroraToken() }),
      expected: AURORA,
      operatorSees: ['client-certificate-expiring (aurora)'],
      because: 'cnf.x5t#S256 is its certificate (RFC 8705 §3); it ends in ten minutes, which an event says',
    },
    {
      call: "Borealis, with Aurora's token",
      run: async () => partner(borealis).ask({ token: await auroraToken() }),
      expected: NOT_ITS_SENDER,
      operatorSees: ['certificate-mismatch'],
      because: 'stolen, it opens nothing over another certificate',
    },
    {
      call: "Borealis, with Aurora's token and headers of a proxy",
      async run() {
        const headers = {
          'client-cert': `:${base64Of(aurora)}:`,
          'x-forwarded-client-cert': `Cert="${encodeURIComponent(aurora.certificate)}"`,
        }
        return partner(borealis).ask({ token: await auroraToken(), headers })
      },
      expected: NOT_ITS_SENDER,
      operatorSees: ['certificate-mismatch'],
      because: 'no proxy was configured, so the connection alone counts',
    },
    {
      call: 'Aurora, with an opaque token',
      run: async () => partner(aurora).ask({ token: await boundOpaqueToken('aurora', aurora) }),
      expected: AURORA,
      because: 'introspection says what it is bound to (RFC 8705 §3.2)',
    },
    {
      call: "Borealis, with Aurora's opaque token",
      run: async () => partner(borealis).ask({ token: await boundOpaqueToken('aurora', aurora) }),
      expected: NOT_ITS_SENDER,
      operatorSees: ['certificate-mismatch'],
      because: 'the same',
    },
  ]
}

function pinnedSteps({ partner, certificates, cognitoToken }: RunningDemo): readonly Step[] {
  const { aurora, borealis } = certificates
  return [
    {
      call: 'Borealis, with its machine token',
      run: async () => partner(borealis).ask({ token: await cognitoToken('borealis') }),
      expected: '200 orders of borealis',
      because: 'the token has no cnf, and its client is pinned to this certificate',
    },
    {
      call: 'Aurora, with a token of the stolen secret of Borealis',
      run: async () => partner(aurora).ask({ token: await cognitoToken('borealis') }),
      expected: NOT_ITS_SENDER,
      operatorSees: ['certificate-not-pinned'],
      because: 'a secret without the certificate is of no use',
    },
  ]
}

function rotationSteps(demo: RunningDemo): readonly Step[] {
  const { authority, certificates, partner, deploy, cognitoToken, boundToken } = demo
  const { aurora: old } = certificates
  const pinOf = ({ thumbprint }: IssuedCertificate) => ({ thumbprint })
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

function revocationSteps(demo: RunningDemo): readonly Step[] {
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

function base64Of({ certificate }: IssuedCertificate): string {
  return certificate.replaceAll(/-----[^-]+-----|\s/g, '')
}
