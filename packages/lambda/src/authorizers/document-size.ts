import { type CompiledPolicy, ConfigurationError } from '@tokenward/core'
import { MAX_RESULT_BYTES } from './authorizer-context.js'
import type { ExecuteApiArn } from './execute-api-arn.js'
import { documentFor } from './policy-document.js'
import type { Documents, RouteTable } from './route-table.js'

type Demand = CompiledPolicy<unknown>

/** Partition and Region as long as any, and a stage name longer than most: with one of 128 letters few tables would do. */
const ARN: ExecuteApiArn = {
  stage: 'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5/development/',
  request: '',
}
/** For what a result says beside its document, of a caller of Amazon Cognito whose scopes and groups were left out. */
const ROOM_FOR_CALLER = 512
/** The sets of so many demands are few: 31. */
const FEW = 5

/**
 * A caller whose document is too large gets 500 on every route. Callers who may do less than others are tried, too, which
 * is for a deployment: a function that starts has no time for it.
 *
 * @throws {@link ConfigurationError} for a table whose documents are too large for API Gateway.
 */
export function assertDocumentsFit(option: string, table: RouteTable, documents: Documents | false): void {
  if (documents === 'of all routes') assertFits(option, largestDocument(table))
}

/**
 * The same for a caller who may do all.
 *
 * @throws {@link ConfigurationError} where that document is too large for API Gateway.
 */
export function assertWholeDocumentFits(option: string, table: RouteTable, documents: Documents | false): void {
  if (documents === 'of all routes') assertFits(option, sizeOf(table, table.demands))
}

function assertFits(option: string, size: number): void {
  if (size + ROOM_FOR_CALLER <= MAX_RESULT_BYTES) return
  throw new ConfigurationError(
    option,
    `make a result of more than ${MAX_RESULT_BYTES} bytes for some callers, which API Gateway takes for none; put the route among the identity sources, or use several authorizers`,
  )
}

/**
 * A granted route has its patterns in the document, and one that is not may have more of them, as denials: neither who may do
 * all nor who may do least has the largest for certain. Of few demands each set is tried. Of more, one after another is left
 * out where that makes the document larger, and each is tried alone. What this misses is refused when such a caller comes; a
 * sum of all that could be allowed and denied would miss nothing, and refuse tables that work.
 */
function largestDocument(table: RouteTable): number {
  const { demands } = table
  if (demands.length <= FEW) return Math.max(...setsOf(demands).map((met) => sizeOf(table, met)))
  let [met, size] = [demands, sizeOf(table, demands)]
  for (const demand of demands) {
    const fewer = met.filter((one) => one !== demand)
    const other = sizeOf(table, fewer)
    if (other > size) [met, size] = [fewer, other]
  }
  return Math.max(size, ...demands.map((demand) => sizeOf(table, [demand])))
}

function setsOf(demands: readonly Demand[]): readonly (readonly Demand[])[] {
  const [first, ...others] = demands
  if (first === undefined) return [[]]
  return setsOf(others).flatMap((set) => [set, [first, ...set]])
}

function sizeOf({ routes }: RouteTable, met: readonly Demand[]): number {
  const granted = routes.filter(({ demand }) => met.includes(demand))
  const others = routes.filter(({ demand }) => !met.includes(demand))
  return Buffer.byteLength(JSON.stringify(documentFor(ARN, granted, others)))
}
