import type { ExecuteApiArn } from './execute-api-arn.js'
import { contains, overlaps } from './resource-pattern.js'
import { beyondParameters } from './route-key.js'
import type { TableRoute } from './route-table.js'

/** What an authorizer answers with a policy document. */
export interface PolicyResult {
  /** Who is calling: the subject of the token. */
  readonly principalId: string
  /** What may be called. */
  readonly policyDocument: PolicyDocument
  /** What the function behind the route is told. */
  readonly context?: Record<string, string>
}

/** A policy document of IAM, as API Gateway takes it. */
export interface PolicyDocument {
  /** Of the language. */
  readonly Version: '2012-10-17'
  /** An allow and, where it is needed, a deny, which wins. */
  readonly Statement: PolicyStatement[]
}

/** One statement of a {@link PolicyDocument}. */
export interface PolicyStatement {
  /** To call the API. */
  readonly Action: 'execute-api:Invoke'
  /** What becomes of it. */
  readonly Effect: 'Allow' | 'Deny'
  /** The requests, as patterns of their ARNs. */
  readonly Resource: string[]
}

/** For callers who may call nothing: they are no principal. */
const NOBODY = 'unauthorized'

export function allowing(resources: readonly string[], denied: readonly string[] = []): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [statement('Allow', resources), ...(denied.length > 0 ? [statement('Deny', denied)] : [])],
  }
}

export function denyingAll({ stage }: ExecuteApiArn): PolicyResult {
  return {
    principalId: NOBODY,
    policyDocument: { Version: '2012-10-17', Statement: [statement('Deny', [`${stage}*`])] },
  }
}

/** Everything that every one of the routes is. */
export function wholeStage({ stage }: ExecuteApiArn): readonly string[] {
  return [`${stage}*`]
}

/**
 * What one caller may do across the stage. A route that is not granted needs no word, unless the pattern of a granted one
 * covers it; and where nothing that is granted lies deeper, a parameter ends at the next slash.
 */
export function documentFor(
  { stage }: ExecuteApiArn,
  granted: readonly TableRoute[],
  others: readonly TableRoute[],
): PolicyDocument {
  const allowed = granted.flatMap(({ patterns }) => patterns)
  const covered = others
    .flatMap(({ patterns }) => patterns)
    .flatMap(spellingsOf)
    .filter((pattern) => allowed.some((one) => covers(one, pattern)))
  const deeper = granted.flatMap((route) => {
    const elsewhere = granted.filter((other) => other !== route).flatMap(({ patterns }) => patterns)
    const isTaken = (beyond: string) => elsewhere.some((one) => overlaps(one, beyond))
    return beyondParameters(route.key, route.patterns).filter((beyond) => !isTaken(beyond))
  })
  const empty = allowed
    .flatMap(withEmptyParameters)
    .filter((one) => others.some(({ patterns }) => patterns.some((pattern) => contains(pattern, one))))
  return allowing(
    allowed.map((pattern) => stage + pattern),
    [...new Set([...covered, ...deeper, ...empty])].map((pattern) => stage + pattern),
  )
}

/** Whether requests of another route would be allowed as well; what lies inside the other pattern has only its own. */
function covers(pattern: string, other: string): boolean {
  return overlaps(pattern, other) && !contains(other, pattern)
}

/** No parameter is empty, and a star may be: such a path is for a wider route. */
function withEmptyParameters(pattern: string): readonly string[] {
  return [...pattern.matchAll(/\*/g)].map(({ index }) => `${pattern.slice(0, index)}${pattern.slice(index + 1)}`)
}

/** A slash at the end may be left aside when the route is chosen: what is denied is denied with it, too. */
function spellingsOf(pattern: string): readonly string[] {
  return /[*/]$/.test(pattern) ? [pattern] : [pattern, `${pattern}/`]
}

function statement(Effect: 'Allow' | 'Deny', Resource: readonly string[]): PolicyStatement {
  return { Action: 'execute-api:Invoke', Effect, Resource: [...Resource] }
}
