import { readFileSync } from 'node:fs'
import { cognitoUserPool, createResourceServer, type KeySnapshot } from '@tokenward/lambda'

/** What a deployment sets in the environment of every function. */
function setting(name: 'USER_POOL_ID' | 'CLIENT_ID' | 'COGNITO_ENDPOINT' | 'KEYS_FILE'): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

/** Made with each cold start, from keys that were written down at the deployment. */
export const api = createResourceServer({
  issuers: [
    cognitoUserPool({
      userPoolId: setting('USER_POOL_ID'),
      clientId: setting('CLIENT_ID'),
      // For the fake on this machine; a function on AWS leaves both out.
      endpoint: setting('COGNITO_ENDPOINT'),
      allowInsecureLoopback: true,
    }),
  ],
  realm: 'orders',
  keySnapshot: JSON.parse(readFileSync(setting('KEYS_FILE'), 'utf8')) as KeySnapshot,
  // One line of JSON for each, as CloudWatch takes them.
  onEvent: (event) =>
    console.log(JSON.stringify({ tokenward: event.type, ...('reason' in event && { reason: event.reason }) })),
})
