import type { AwsHttpEvent } from '@tokenward/core/aws'

/** What a function answers to an HTTP request, in the form that API Gateway, function URLs and load balancers all take. */
export interface HttpAnswer {
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
  200: '200 OK',
  400: '400 Bad Request',
  401: '401 Unauthorized',
  403: '403 Forbidden',
  503: '503 Service Unavailable',
} as const

/** The whole answer, as the sender of the event takes it. */
export function answerTo(
  event: AwsHttpEvent,
  status: keyof typeof REASON_PHRASES,
  headers: Readonly<Record<string, string>>,
  body: string,
): HttpAnswer {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  return {
    statusCode: status,
    statusDescription: REASON_PHRASES[status],
    ...(readsListsAlone(event) ? { headers: {}, multiValueHeaders: lists } : { headers: { ...headers } }),
    body,
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
