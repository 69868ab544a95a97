import { isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import type { JwksSource } from '../keys/jwks-source.js'
import { UpstreamError } from '../outcomes/errors.js'
import type { Clock } from '../transport/clock.js'
import { isJsonObject, type JsonObject, member } from '../vocabulary/json-object.js'
import { mediaType } from './claim-expectations.js'
import { type CompactJws, parseCompactJws } from './compact-jws.js'
import type { AnswerFormat } from './introspection-client.js'
import { refusalBySignature } from './jwt-validator.js'

export interface SignedAnswersOptions {
  readonly issuer: string
  /** Whom answers must be for: the client id of this API. */
  readonly audience: string
  readonly keys: JwksSource
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  readonly clock: Clock
}

const TYPE = 'token-introspection+jwt'

/**
 * Answers that the server signed (RFC 9701): they can be shown to others, and nothing between here and there can forge
 * one. An answer that is not signed is none.
 */
export function signedAnswers(options: SignedAnswersOptions): AnswerFormat {
  const { clock } = options
  return {
    accept: `application/${TYPE}`,
    async read({ contentType, body }, sentAt) {
      if (!isSignedAnswer(contentType)) {
        throw new UpstreamError('unexpected-content-type', 'The answer is not a signed one')
      }
      // Whatever is not ASCII becomes something that is no base64url.
      const jws = parseCompactJws(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body), body.length)
      const problem = typeof jws === 'string' ? 'is no JWT' : whatIsWrongWith(jws, options, sentAt, clock.now())
      if (problem !== undefined) throw unusable(problem)
      return verified(jws as CompactJws, options)
    },
  }
}

/** The first thing that is wrong apart from the signature. None of the texts holds anything of the answer. */
function whatIsWrongWith(
  { header, payload }: CompactJws,
  { issuer, audience, algorithms, clockTolerance }: SignedAnswersOptions,
  sentAt: number,
  now: number,
): string | undefined {
  // RFC 9701 §5: so that no other JWT of the server passes for an answer.
  if (header.typ === undefined || mediaType(header.typ) !== TYPE) return `is not of the type ${TYPE}`
  if (!isSignatureAlgorithm(header.alg) || !algorithms.includes(header.alg)) return 'has another algorithm'
  if (member(payload, 'iss') !== issuer) return 'is from another issuer'
  const aud = member(payload, 'aud')
  if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) return 'is for another client'
  const iat = member(payload, 'iat')
  if (typeof iat !== 'number') return 'does not say when it was issued'
  if (!(iat * 1_000 <= now + clockTolerance)) return 'is from the future'
  // Stamps are whole seconds: that of the call counts from its beginning.
  const sentInSecond = Math.floor(sentAt / 1_000) * 1_000
  if (!(iat * 1_000 >= sentInSecond - clockTolerance)) return 'is older than the question'
  return isJsonObject(member(payload, 'token_introspection')) ? undefined : 'has no token_introspection'
}

async function verified(jws: CompactJws, { keys, algorithms }: SignedAnswersOptions): Promise<JsonObject> {
  const algorithm = algorithms.find((accepted) => accepted === jws.header.alg) as SignatureAlgorithm
  const lookup = await keys.find({ algorithm, kid: jws.header.kid })
  if (lookup.result === 'unavailable') {
    throw new UpstreamError('no-usable-key', 'No key is at hand to verify the signed answer with')
  }
  const refusal = lookup.result === 'absent' ? 'unknown-key' : await refusalBySignature(lookup.keys, jws)
  if (refusal !== undefined) throw unusable(`does not verify (${refusal})`)
  return member(jws.payload, 'token_introspection') as JsonObject
}

function unusable(problem: string): UpstreamError {
  return new UpstreamError('unexpected-content', `The signed answer ${problem}`)
}

function isSignedAnswer(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*application\/token-introspection\+jwt\s*(?:;|$)/i.test(contentType)
}
