import type { IssuerContext } from '../issuers/trusted-issuer.js'
import type { JwtValidator } from '../tokens/jwt-validator.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { isUserToken } from './cognito-claims.js'

/** Has a validator report the first token of a user that its login cannot be revoked with. */
export type TokenRevocationWatch = (
  validator: JwtValidator,
  context: Pick<IssuerContext, 'clock' | 'emit'>,
) => JwtValidator

/** One for each pool: its two issuers share a server, and what was reported there. */
export function createTokenRevocationWatch(): TokenRevocationWatch {
  const reportedTo = new WeakSet<object>()
  return (validator, context) => ({
    ...validator,
    validate(jws, now) {
      const result = validator.validate(jws, now)
      return result instanceof Promise ? result.then(report) : report(result)

      function report(landed: Awaited<typeof result>): typeof landed {
        if (typeof landed !== 'string' && !reportedTo.has(context) && isIrrevocable(landed.facts)) {
          reportedTo.add(context)
          const { issuer, clientId } = landed.facts
          context.emit({ type: 'token-revocation-off', at: context.clock.now(), issuer, clientId })
        }
        return landed
      }
    },
  })
}

/** `origin_jti` ties a token to its login; with token revocation off there is none. Machines never have one. */
function isIrrevocable(facts: TokenFacts): boolean {
  return !Object.hasOwn(facts.claims, 'origin_jti') && isUserToken(facts)
}
