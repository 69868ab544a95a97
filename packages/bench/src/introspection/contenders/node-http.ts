import http from 'node:http'
import type { Prepare } from '../../measure/contender.ts'
import type { IntrospectionSetup } from '../introspection-rows.ts'

const AUTHORIZATION = `Basic ${btoa('orders-api:a secret of this API')}`

/** The same call by hand, with no check at all: what Node itself takes. */
export const prepare: Prepare<IntrospectionSetup> = async ({ endpoint, tokens }) => {
  const agent = new http.Agent({ keepAlive: true })
  const { hostname, port, pathname: path } = new URL(endpoint)
  const headers = { authorization: AUTHORIZATION, 'content-type': 'application/x-www-form-urlencoded' }

  return (index) =>
    new Promise<void>((resolve, reject) => {
      const request = http.request({ method: 'POST', hostname, port, path, agent, headers }, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => (JSON.parse(text).active === true ? resolve() : reject(new Error('not active'))))
      })
      request.on('error', reject)
      request.end(`token=${tokens[index % tokens.length]}`)
    })
}
