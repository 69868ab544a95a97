// Made-up opaque tokens against a route that always asks. It needs --expose-gc.
import { authorizationServer, clientSecretBasic, createResourceServer } from '@tokenward/core'
import { type StubEndpoint, stubEndpoint } from '../stub-endpoint.ts'
import { AUDIENCE, createSigner, ISSUER, opaqueToken } from '../tokens.ts'
import type { FloodFigures, FloodQuestion } from './memory-rows.ts'

process.send?.({})
process.on('message', (message: FloodQuestion) => void flood(message).then((answer) => process.send?.({ answer })))
process.on('disconnect', () => process.exit())

interface Server {
  readonly endpoint: StubEndpoint
  refuse(token: string): Promise<void>
}

function startServer(maxRememberedTokens: number): Server {
  const endpoint = stubEndpoint(() => ({ active: false }))
  const issuer = authorizationServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: createSigner('ES256').jwks as never,
    opaqueTokens: true,
    introspection: {
      endpoint: `${ISSUER}/introspect`,
      clientAuthentication: clientSecretBasic('orders-api', 'a secret of this API'),
      inactiveAnswerMaxAge: '60s',
    },
  })
  const api = createResourceServer({ issuers: [issuer], maxRememberedTokens, fetch: endpoint.fetch })
  const policy = api.policy({ maxRevocationLag: '0s' })
  return {
    endpoint,
    async refuse(token) {
      const headers = { authorization: `Bearer ${token}` }
      const { outcome } = await api.authorize({ method: 'GET', url: '/orders', headers }, policy)
      if (outcome !== 'refused') throw new Error(`${outcome} instead of refused`)
    },
  }
}

async function flood({ before, maxRememberedTokens, tokens }: FloodQuestion): Promise<FloodFigures> {
  const server = startServer(maxRememberedTokens)
  for (let index = 0; index < before; index += 1) await server.refuse('no-such-token')
  const heapBefore = heap()
  const heapAfter: Record<number, number> = {}
  const sent: string[] = []
  for (const count of tokens) {
    while (sent.length < count) {
      const token = opaqueToken()
      await server.refuse(token)
      sent.push(token)
    }
    // The list of what was sent is the attacker's memory.
    heapAfter[count] = heap() - sent.length * bytesOfOneSent
  }
  return { heapBefore, heapAfter, remembered: await stillRemembered(sent, server) }
}

/** A text of 43 characters, and its place in the list. */
const bytesOfOneSent = 64 + 8

/** Entries, seen from outside: tokens about which nobody is asked again, the latest first. */
async function stillRemembered(sent: readonly string[], { endpoint, refuse }: Server): Promise<number> {
  let remembered = 0
  for (const token of sent.toReversed()) {
    const before = endpoint.calls
    await refuse(token)
    if (endpoint.calls > before) break
    remembered += 1
  }
  return remembered
}

function heap(): number {
  const collectGarbage = globalThis.gc as () => void
  for (let times = 0; times < 3; times += 1) collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
