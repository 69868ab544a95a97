// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { conformance } from './conformance.js'
export type { ConformanceCase, ConformanceOptions, ConformanceSuite } from './conformance.js'
export type { ConformanceCaseId } from './catalogue.js'
export type { ConformanceCapability } from './conformance-case.js'
export type { ConformanceRunner } from './runner.js'
export type {
  ConformanceAnswer,
  ConformanceApp,
  ConformanceAuthorizationServer,
  ConformanceCors,
  ConformanceIssuer,
  ConformancePolicy,
  ConformancePrincipal,
  ConformanceRoute,
  ConformanceSenderConstraints,
  ConformanceUserPool,
  RunningApp,
  RunningAppControl,
} from './app-description.js'
