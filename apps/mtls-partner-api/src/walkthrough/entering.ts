import type { IssuedCertificate } from '@tokenward/testkit'
import type { RunningDemo } from './running-demo.js'
import { AURORA, NOT_ITS_SENDER, type Step } from './step.js'

/** What it takes to be let in: a connection, then a token that belongs to it. */
export function connectionSteps({ authority, partner, certificates, boundToken }: RunningDemo): readonly Step[] {
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

export function boundSteps({ partner, certificates, boundToken, boundOpaqueToken }: RunningDemo): readonly Step[] {
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

export function pinnedSteps({ partner, certificates, cognitoToken }: RunningDemo): readonly Step[] {
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

function base64Of({ certificate }: IssuedCertificate): string {
  return certificate.replaceAll(/-----[^-]+-----|\s/g, '')
}
