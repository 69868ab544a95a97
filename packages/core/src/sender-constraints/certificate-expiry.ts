import type { SenderConstraintContext } from '../tokens/sender-constraint.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { BoundedCache } from '../transport/bounded-cache.js'
import type { KnownCertificate } from './known-certificates.js'

const ONCE_A_DAY = 86_400_000

/** Reports certificates that are about to end, while their clients still get in. `warnFrom`: milliseconds before the end. */
export function createExpiryWarning({ clock, emit }: SenderConstraintContext, warnFrom: number) {
  const told = new BoundedCache<string, number>(1_000)

  return (certificate: KnownCertificate, { issuer, clientId }: TokenFacts): void => {
    const { notBefore, notAfter, thumbprint } = certificate
    const now = clock.now()
    // One that lives for an hour would otherwise be about to end all its life.
    if (!Number.isFinite(notAfter) || notAfter - now >= Math.min(warnFrom, (notAfter - notBefore) / 3)) return
    const name = `${thumbprint}${issuer}\n${clientId}`
    const toldAt = told.get(name)
    if (toldAt !== undefined && Math.abs(now - toldAt) < ONCE_A_DAY) return
    told.set(name, now)
    emit({ type: 'client-certificate-expiring', at: now, issuer, clientId, expiresAt: notAfter })
  }
}
