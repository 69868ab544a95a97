import { describe, expect, it } from 'vitest'
import { certificateBound, dpop, type TokenwardModuleOptions } from '../src/index.js'
import { optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

const PATH = '/.well-known/oauth-protected-resource/orders'
const resource = 'https://api.example/orders'

async function start(
  adapter: (typeof platforms)[number][1],
  options: Partial<TokenwardModuleOptions>,
  settings: Partial<Parameters<typeof startApp>[0]> = {},
) {
  const all = { ...optionsFor(await ordersPool()), ...options } as TokenwardModuleOptions
  return startApp({ options: all, adapter, ...settings })
}

describe.each(platforms)('metadata on %s', (_, adapter) => {
  it('are served outside of global prefix and guard, with what senders have to show', async () => {
    const senderConstraints = [certificateBound(), dpop({ publicUrl: 'https://api.example', required: true })]
    const { send } = await start(
      adapter,
      { resource, senderConstraints },
      { prepare: (app) => app.setGlobalPrefix('v1') },
    )
    const response = await send(PATH)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({
      resource,
      tls_client_certificate_bound_access_tokens: true,
      dpop_bound_access_tokens_required: true,
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    })
    const refused = await send('/v1/orders')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain(`resource_metadata="https://api.example${PATH}"`)
    expect((await send(PATH, { method: 'POST' })).status).toBe(404)
  })

  it('are not there for a server without a resource', async () => {
    const { send } = await start(adapter, {})
    expect((await send(PATH)).status).toBe(404)
  })
})
