/** What the environment says of the pool and of this application. Read with the first request: `next build` has none. */
export interface Settings {
  readonly userPoolId: string
  readonly clientId: string
  /** Where the pool answers; `demo/main.ts` starts a fake one there. */
  readonly poolUrl: string
  /** Where browsers find this application. */
  readonly origin: string
}

export function settings(): Settings {
  return {
    userPoolId: required('COGNITO_USER_POOL_ID'),
    clientId: required('COGNITO_CLIENT_ID'),
    poolUrl: required('COGNITO_URL'),
    origin: required('APP_ORIGIN'),
  }
}

function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set; demo/main.ts starts all of this`)
  return value
}
