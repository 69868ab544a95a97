import type { ResourceServer } from '@tokenward/core'
import { describe, expect, it } from 'vitest'
import {
  appSyncAuthorizer,
  httpApiAuthorizer,
  restRequestAuthorizer,
  restTokenAuthorizer,
  webSocketAuthorizer,
} from '../../src/index.js'
import {
  appSyncAuthorizerEvent,
  ARN,
  connectAuthorizerEvent,
  httpAuthorizerEvent,
  httpAuthorizerEventV1,
  restAuthorizerEvent,
  tokenAuthorizerEvent,
} from '../support/events.js'
import { ordersApi } from '../support/orders-api.js'

interface Sample {
  readonly path: string
  readonly headers: Record<string, string>
  /** Where the API is. */
  readonly arn?: string
  /** What stands in the event where authorizers leave what they have decided. */
  readonly left?: object
}
type Answering = (api: ResourceServer, sample: Sample) => Promise<unknown>

const routes = { 'GET /orders/{id}': { scopes: ['orders/read'] }, 'DELETE /orders/{id}': { scopes: ['orders/write'] } }
const off = { routes, resultCache: 'off' } as const
const authorization = ({ headers }: Sample) => headers['authorization'] ?? ''
/** The same request to an API of another partition of AWS, or with what another authorizer could have left. */
function placed<Event extends object>(event: Event, { arn = ARN, left }: Sample): Event {
  const moved = JSON.parse(JSON.stringify(event).replaceAll(ARN, arn)) as Event & { readonly requestContext?: object }
  return left === undefined ? moved : { ...moved, requestContext: { ...moved.requestContext, authorizer: left } }
}

/** Every event that an authorizer gets, by API and payload format, with each answer there is to it. */
const kinds: Readonly<Record<string, Answering>> = {
  'HTTP API, payload format 2.0, simple response': (api, sample) =>
    httpApiAuthorizer(api, off)(placed(httpAuthorizerEvent(sample), sample)),
  'HTTP API, payload format 2.0, policy document': (api, sample) =>
    httpApiAuthorizer(api, { ...off, response: 'policy' })(placed(httpAuthorizerEvent(sample), sample)),
  'HTTP API, payload format 1.0, policy document': (api, sample) =>
    httpApiAuthorizer(api, { ...off, response: 'policy' })(placed(httpAuthorizerEventV1(sample), sample)),
  'HTTP API, payload format 2.0, a document that is kept': (api, sample) => {
    const resultCache = { ttl: '5m', identitySources: ['$request.header.Authorization'] } as const
    return httpApiAuthorizer(api, { routes, response: 'policy', resultCache })(
      placed(httpAuthorizerEvent(sample), sample),
    )
  },
  'REST API, REQUEST': (api, sample) => restRequestAuthorizer(api, off)(placed(restAuthorizerEvent(sample), sample)),
  'REST API, TOKEN': (api, sample) =>
    restTokenAuthorizer(api, off)(placed(tokenAuthorizerEvent(authorization(sample), `GET${sample.path}`), sample)),
  'WebSocket API, $connect': (api, sample) =>
    webSocketAuthorizer(api, { policy: routes['GET /orders/{id}'], resultCache: 'off' })(
      placed(connectAuthorizerEvent(sample), sample),
    ),
  AppSync: (api, sample) =>
    appSyncAuthorizer(api, {
      policy: routes['GET /orders/{id}'],
      fields: { 'Mutation.deleteOrder': routes['DELETE /orders/{id}'] },
      resultCache: { ttl: '5m' },
    })(placed(appSyncAuthorizerEvent(authorization(sample)), sample)),
}

describe.each(Object.entries(kinds))('%s', (_, answering) => {
  it('has its answers', async () => {
    const { pool, api } = await ordersApi()
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['staff', 'power user'] })
    const path = '/orders/7'
    const with7 = (headers: Record<string, string>) => ({ path, headers })
    const granted = with7({ authorization: `Bearer ${token}` })
    const samples: Readonly<Record<string, Sample>> = {
      'a token that may': granted,
      'no identity source': with7({}),
      'an empty one': with7({ authorization: '' }),
      'a token that may not': with7({ authorization: `Bearer ${await pool.accessToken()}` }),
      'a forged token': with7({ authorization: `Bearer ${await pool.forged.wrongKey({ scopes: ['orders/read'] })}` }),
      'an ID token': with7({ authorization: `Bearer ${await pool.idToken()}` }),
      'two tokens joined by a comma': with7({ authorization: `Bearer ${token},Bearer ${token}` }),
      'ten kilobytes of token': with7({ authorization: `Bearer ${'a'.repeat(10_000)}` }),
      'ten kilobytes beside the token': with7({ ...granted.headers, 'x-padding': 'a'.repeat(10_000) }),
      'a path of many alphabets': { ...granted, path: '/orders/żółć-注文-🍵' },
      'a path with a star and a variable': { ...granted, path: '/orders/*${aws:username}' },
      'the partition of China': {
        ...granted,
        arn: ARN.replace('arn:aws:execute-api:eu-west-1', 'arn:aws-cn:execute-api:cn-north-1'),
      },
      'the partition of GovCloud': {
        ...granted,
        arn: ARN.replace('arn:aws:execute-api:eu-west-1', 'arn:aws-us-gov:execute-api:us-gov-west-1'),
      },
    }
    const answers: Record<string, unknown> = {}
    for (const [name, sample] of Object.entries(samples)) {
      answers[name] = await answering(api, sample).catch((error: Error) => `throws ${error.message}`)
    }
    const text = JSON.stringify(answers)
      .replaceAll(/\b1\d{12}\b/g, '0')
      .replaceAll(pool.issuer, 'https://issuer')
    expect(JSON.parse(text)).toMatchSnapshot()
  })

  it('is not impressed by a context that another authorizer could have left', async () => {
    const { pool, api } = await ordersApi()
    const forged = await pool.forged.wrongKey({ sub: 'admin', scopes: ['orders/read'] })
    const claims = { sub: 'admin', scope: 'orders/read', token_use: 'access' }
    const left = {
      principalId: 'admin',
      claims,
      jwt: { claims, scopes: ['orders/read'] },
      lambda: { subject: 'admin' },
    }
    const headers = { authorization: `Bearer ${forged}`, 'x-amzn-oidc-data': forged }
    const answer = await answering(api, { headers, path: '/orders/7', left }).catch(String)
    expect(JSON.stringify(answer)).not.toContain('"Allow"')
    expect(JSON.stringify(answer)).not.toContain('admin')
    expect(JSON.stringify(answer)).not.toContain('"isAuthorized":true')
  })
})
