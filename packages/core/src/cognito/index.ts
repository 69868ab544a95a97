export { cognitoUserPool } from './user-pool.js'
export type { CognitoUserPoolOptions } from './user-pool.js'
