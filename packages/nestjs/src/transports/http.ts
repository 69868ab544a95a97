import { HttpException } from '@nestjs/common'
import type { PathParameters } from '@tokenward/core'
import { fromNodeRequest, type NodeRequest } from '@tokenward/core/node'
import type { Transport } from './transport.js'

/** Where `switchToHttp()` finds them, which makes three closures each time. */
const REQUEST = 0
const RESPONSE = 1

/** Routes, streams of events included. */
export const http: Transport = {
  keyOf: (context) => context.getArgByIndex<object>(REQUEST),
  requestOf(context) {
    const request = context.getArgByIndex<{ readonly params?: PathParameters }>(REQUEST)
    // Not a copy, for which the certificate of the client would have to be read.
    return Object.assign(fromNodeRequest(nodeRequestOf(request)), { params: request.params })
  },
  staysOpen: () => false,
  /** The default exception filter keeps headers that are set before it runs, on Express and on Fastify. */
  responseOf: (context) => context.getArgByIndex<unknown>(RESPONSE),
  exceptionFor({ status, body }) {
    return Object.assign(new HttpException({ ...body }, status), { message: body.error_description })
  },
}

/** Fastify wraps Node's request; Express extends it, and middleware may have put other things into `raw`. */
export function nodeRequestOf(request: object): NodeRequest {
  const { raw } = request as { raw?: { headers?: unknown } }
  return (typeof raw?.headers === 'object' ? raw : request) as NodeRequest
}
