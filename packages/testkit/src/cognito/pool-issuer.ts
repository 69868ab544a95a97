import { COGNITO } from './cognito-kind.js'
import type { PoolAddress } from './pool-address.js'

/** `IssuerConfiguration.Type` of a pool: which host is in `iss`. */
export type IssuerType = 'ORIGINAL' | 'UPDATED'

/** The issuer of a pool, which may change once in its life. */
export interface PoolIssuer {
  /** What `iss` says in tokens that are issued now. */
  current(): string
  /** Whether the pool issues, or has issued, tokens with this `iss`. */
  isOwn(iss: unknown): boolean
  /** What the UPDATED host waits for. */
  isUpdated(): boolean
  /** The issuer of the same type that another pool has. */
  ofAnother(address: PoolAddress): string
  /** From ORIGINAL to UPDATED. Throws for a pool that is there already. */
  switch(): void
}

export function createPoolIssuer({ issuers }: PoolAddress, first: IssuerType): PoolIssuer {
  let type = first
  return {
    current: () => issuers[type],
    isOwn: (iss) => iss === issuers[type] || iss === issuers[first],
    isUpdated: () => type === 'UPDATED',
    ofAnother: (address) => address.issuers[type],
    switch() {
      if (type === 'UPDATED') {
        const { maker } = COGNITO
        throw new Error(`${maker}: switchIssuer() leads from ORIGINAL to UPDATED, where the pool is already`)
      }
      type = 'UPDATED'
    },
  }
}
