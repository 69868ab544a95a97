import type { ProtectedRequest } from '@tokenward/core'
import { fromAwsEvent } from '@tokenward/core/aws'
import type { ConnectAuthorizerEvent } from './authorizer-events.js'

/**
 * The request that opens a connection, with the token of the query as one more header: next to a real one it is a second
 * way to send a token (RFC 6750 §2), and so are two of them.
 */
export function connectRequestOf(event: ConnectAuthorizerEvent, tokenInQuery: string | undefined): ProtectedRequest {
  const { queryStringParameters, multiValueQueryStringParameters, ...others } = event
  const request = fromAwsEvent({ ...others, httpMethod: 'GET', path: '/' })
  if (tokenInQuery === undefined) return request
  const given = [
    multiValueQueryStringParameters?.[tokenInQuery] ?? queryStringParameters?.[tokenInQuery] ?? [],
  ].flat() as readonly string[]
  if (given.length === 0) return request
  const { headers } = request
  const name = Object.keys(headers).find((one) => one.toLowerCase() === 'authorization') ?? 'authorization'
  const inHeader = [headers[name] ?? []].flat() as readonly string[]
  return { ...request, headers: { ...headers, [name]: [...inHeader, ...given.map((token) => `Bearer ${token}`)] } }
}
