import type { Randomness } from '../randomness.js'

/** The Region of every fake pool: it has the form of one, and no AWS host belongs to it. */
export const REGION = 'xx-fake-1'

/** The hosts that all pools of the Region share. */
export const ORIGINAL_HOST = `cognito-idp.${REGION}.amazonaws.com`
export const UPDATED_HOST = `issuer-cognito-idp.${REGION}.amazonaws.com`

/** What the hosts of all domains in the Region end with. */
export const DOMAIN_SUFFIX: string = `.auth.${REGION}.amazoncognito.com`

/** Where a pool stands, and what it is called. */
export interface PoolAddress {
  readonly userPoolId: string
  readonly issuers: { readonly ORIGINAL: string; readonly UPDATED: string }
  /** Origin of the domain, where the OAuth endpoints stand. */
  readonly domain: string
}

export function randomAddress(random: Randomness): PoolAddress {
  const userPoolId = `${REGION}_${random.alphanumeric('pool id', 9)}`
  return {
    userPoolId,
    issuers: {
      ORIGINAL: `https://${ORIGINAL_HOST}/${userPoolId}`,
      UPDATED: `https://${UPDATED_HOST}/${userPoolId}`,
    },
    domain: `https://${userPoolId.replace('_', '-').toLowerCase()}${DOMAIN_SUFFIX}`,
  }
}
