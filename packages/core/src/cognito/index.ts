export { cloudTrailRevocations } from './cloudtrail-revocations.js'
export type {
  CloudTrailIgnored,
  CloudTrailReading,
  CloudTrailRefused,
  CloudTrailRevocationsOptions,
} from './cloudtrail-revocations.js'
export type { CognitoLivenessOptions } from './cognito-liveness.js'
export { cognitoUserPool } from './user-pool.js'
export type { CognitoUserPoolOptions } from './user-pool.js'
