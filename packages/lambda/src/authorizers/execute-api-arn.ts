import { ConfigurationError } from '@tokenward/core'

/** What the resource of an execute-api ARN says. The prefix is that of the event: partitions differ. */
export interface ExecuteApiArn {
  /** `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/`, with the slash. */
  readonly stage: string
  /** `GET/orders/7`, or `$connect`. */
  readonly request: string
}

const ARN = /^(arn:[\w-]+:execute-api:[\w-]+:\d+:[\w-]+\/[^/]+\/)([\s\S]+)$/
/** The longest resource of a policy statement, in characters (API Gateway). */
const MAX_RESOURCE_LENGTH = 512

/** @throws {@link ConfigurationError} for what is no ARN of a request: nothing can be allowed then. */
export function parseExecuteApiArn(owner: string, arn: unknown): ExecuteApiArn {
  const match = typeof arn === 'string' ? ARN.exec(arn) : null
  if (match === null) throw new ConfigurationError(`${owner}.event`, 'names no request of API Gateway by its ARN')
  const [, stage, request] = match as unknown as [string, string, string]
  return { stage, request }
}

/**
 * The resource that means this very request. A client chooses the path: its `*` stands for one character of its own, and
 * `${` begins no variable. Where the whole is too long, the end is left open; nothing else keeps such a resource, as it is
 * used only where results are not kept.
 */
export function exactResource({ stage, request }: ExecuteApiArn): string {
  const literal = `${stage}${request.replaceAll('*', '?').replaceAll('${', '?{')}`
  if (literal.length <= MAX_RESOURCE_LENGTH) return literal
  // Half a character at the end would be none.
  return `${literal.slice(0, MAX_RESOURCE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}*`
}
