/** `<region>_<id>`; the EU sovereign cloud has a prefix before the Region. */
const USER_POOL_ID = /^((?:eusc-)?[a-z]{2}(?:-gov)?-[a-z]+-\d{1,2})_[A-Za-z0-9]{1,64}$/

/** The Region a user pool id begins with, or `undefined` when it is not one. */
export function regionOfUserPool(userPoolId: unknown): string | undefined {
  return typeof userPoolId === 'string' ? USER_POOL_ID.exec(userPoolId)?.[1] : undefined
}

/** DNS suffix of the AWS partition a Region belongs to. */
function dnsSuffix(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn'
  if (region.startsWith('eusc-')) return 'amazonaws.eu'
  return 'amazonaws.com'
}

/** Where the API of Cognito is called in a Region. */
export function cognitoApiOfRegion(region: string): string {
  return `https://cognito-idp.${region}.${dnsSuffix(region)}/`
}

/** Both issuer formats of a pool: ORIGINAL, and UPDATED, which pools switch to one by one. */
export function issuersOfUserPool(userPoolId: string, region: string): readonly [string, string] {
  const host = `${region}.${dnsSuffix(region)}`
  return [`https://cognito-idp.${host}/${userPoolId}`, `https://issuer-cognito-idp.${host}/${userPoolId}`]
}
