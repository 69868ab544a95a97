import type { Prepare } from '../measure/contender.ts'
import { accessTokenClaims, encoded, type Signer } from '../tokens.ts'
import type { VerificationSetup } from './verification-setup.ts'

/** Tokens with a good signature that are refused by whoever looks. Each is named by what has to be looked at. */
function probesOf(signer: Signer, typ: string): Readonly<Record<string, string>> {
  const token = (claims: Readonly<Record<string, unknown>>) => signer.token(claims, { typ })
  const kid = signer.jwks.keys[0]?.kid
  const header = { alg: signer.algorithm, kid, typ }
  const claims = accessTokenClaims()
  const now = Math.floor(Date.now() / 1_000)
  const payload = encoded(claims)
  return {
    exp: token({ exp: now - 600 }),
    'a missing exp': token({ exp: undefined }),
    nbf: token({ nbf: now + 600 }),
    'iat in the future': token({ iat: now + 86_400 }),
    iss: token({ iss: 'https://other.example' }),
    aud: token({ aud: 'https://other.example' }),
    scope: token({ scope: 'openid' }),
    typ: signer.sealed(encoded({ ...header, typ: 'dpop+jwt' }), payload),
    crit: signer.sealed(encoded({ ...header, crit: ['x'], x: 1 }), payload),
    kid: signer.sealed(encoded({ ...header, kid: 'unknown' }), payload),
    'a binding to a key (cnf)': token({ cnf: { jkt: 'A'.repeat(43) } }),
    'repeated names': signer.sealed(
      encoded(header),
      inBase64url(`${JSON.stringify(claims).slice(0, -1)},"sub":"admin"}`),
    ),
    'padded base64url': signer.sealed(encoded(header), `${inBase64url(JSON.stringify(claims).padEnd(500, ' '))}==`),
  }
}

function inBase64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** What a contender does not look at: the probes that it takes. It must take a good token. */
export async function unchecked(
  prepare: Prepare<VerificationSetup>,
  setup: VerificationSetup,
  signer: Signer,
  typ: string,
): Promise<readonly string[]> {
  const accepts = async (token: string) => {
    const operation = await prepare({ ...setup, tokens: [token] })
    try {
      await operation(0)
      return true
    } catch {
      return false
    }
  }
  if (!(await accepts(signer.token({}, { typ })))) throw new Error('It refuses a good token')
  const taken: string[] = []
  for (const [name, token] of Object.entries(probesOf(signer, typ))) if (await accepts(token)) taken.push(name)
  return taken
}
