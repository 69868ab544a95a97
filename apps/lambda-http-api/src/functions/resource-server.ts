import { readFileSync } from 'node:fs'
import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import { verifiedPermissionsDecisionPoint } from '@tokenward/cedar/verified-permissions'
import { cognitoUserPool, createResourceServer, type KeySnapshot } from '@tokenward/lambda'

/** What a deployment sets in the environment of every function. */
function setting(
  name: 'USER_POOL_ID' | 'CLIENT_ID' | 'COGNITO_ENDPOINT' | 'KEYS_FILE' | 'POLICY_STORE_ID' | 'POLICY_STORE_ENDPOINT',
): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

const pool = cognitoUserPool({
  userPoolId: setting('USER_POOL_ID'),
  clientId: setting('CLIENT_ID'),
  // For the fake on this machine; a function on AWS leaves both out.
  endpoint: setting('COGNITO_ENDPOINT'),
  allowInsecureLoopback: true,
})

/** Decides about routes whose policy has an action. The pool is the store's identity source, so that it gets the token. */
const decisionPoint = verifiedPermissionsDecisionPoint({
  policyStoreId: setting('POLICY_STORE_ID'),
  // Region and credentials are those of the function; the endpoint is the fake's, and a function on AWS leaves it out.
  client: new VerifiedPermissionsClient({ endpoint: setting('POLICY_STORE_ENDPOINT'), maxAttempts: 1 }),
  identitySource: pool.issuers[0] as string,
  namespace: 'Shop',
})

/** Made with each cold start, from keys that were written down at the deployment. */
export const api = createResourceServer({
  issuers: [pool],
  decisionPoint,
  realm: 'orders',
  keySnapshot: JSON.parse(readFileSync(setting('KEYS_FILE'), 'utf8')) as KeySnapshot,
  // One line of JSON for each, as CloudWatch takes them.
  onEvent: (event) =>
    console.log(JSON.stringify({ tokenward: event.type, ...('reason' in event && { reason: event.reason }) })),
})
