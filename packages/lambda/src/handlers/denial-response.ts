import type { Denied } from '@tokenward/core'
import type { AwsHttpEvent } from '@tokenward/core/aws'

/** What a function answers to an HTTP request, in the form that API Gateway, function URLs and load balancers all take. */
export interface DenialResponse {
  /** HTTP status. */
  readonly statusCode: number
  /** The status in words, which a load balancer asks for. */
  readonly statusDescription: string
  /** Of a load balancer that sends lists of values, empty: it reads the lists alone. */
  readonly headers: Record<string, string>
  /** The same for a load balancer that sends lists of values. */
  readonly multiValueHeaders?: Record<string, string[]>
  /** A JSON object. */
  readonly body: string
  /** Always `false`: the body is text. */
  readonly isBase64Encoded: false
}

const REASON_PHRASES = {
  400: '400 Bad Request',
  401: '401 Unauthorized',
  403: '403 Forbidden',
  503: '503 Service Unavailable',
} as const

/**
 * The whole answer to a request that is turned away, as the sender of the event takes it. REST APIs and function URLs hand
 * `WWW-Authenticate` on under the name `x-amzn-remapped-www-authenticate`; the body says the same.
 */
export function denialResponse(event: AwsHttpEvent, { status, headers, body }: Denied): DenialResponse {
  return responseTo(event, status, { ...headers }, body)
}

/** For who has no client certificate although every client must have one: no token would help. */
export function certificateMissing(event: AwsHttpEvent): DenialResponse {
  const body = { error_description: 'This request needs a client certificate' }
  return responseTo(event, 403, { 'Cache-Control': 'no-store' }, body)
}

function responseTo(
  event: AwsHttpEvent,
  status: keyof typeof REASON_PHRASES,
  given: Readonly<Record<string, string>>,
  body: object,
): DenialResponse {
  const headers: Record<string, string> = { ...given, 'Content-Type': 'application/json' }
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  return {
    statusCode: status,
    statusDescription: REASON_PHRASES[status],
    ...(readsListsAlone(event) ? { headers: {}, multiValueHeaders: lists } : { headers }),
    body: JSON.stringify(body),
    isBase64Encoded: false,
  }
}

/** A load balancer whose target group has multi-value headers switched on sends lists, and takes nothing else. */
function readsListsAlone(event: AwsHttpEvent): boolean {
  const { multiValueHeaders, requestContext } = event as {
    readonly multiValueHeaders?: object | null
    readonly requestContext?: { readonly elb?: object }
  }
  return requestContext?.elb !== undefined && multiValueHeaders !== undefined && multiValueHeaders !== null
}
