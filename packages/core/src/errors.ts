// The errors and their codes alone, for code that only handles them.
export {
  ConfigurationError,
  RevocationError,
  TokenRefusedError,
  TokenUncheckedError,
  TokenwardError,
  UpstreamError,
} from './outcomes/errors.js'
export type { RevocationErrorCode } from './outcomes/errors.js'
export type { OperatorCode, RefusalCode, UnavailableCode } from './outcomes/operator-codes.js'
export type { UpstreamCode } from './outcomes/upstream-codes.js'
export type { WireCode } from './outcomes/wire-codes.js'
