// An introspection endpoint (RFC 7662) in a process of its own, so that its work is on nobody's account.
import { createServer } from 'node:http'
import { AUDIENCE, CLIENT, ISSUER } from '../tokens.ts'

let calls = 0

const server = createServer((request, response) => {
  let form = ''
  request.on('data', (chunk: Buffer) => (form += chunk.toString('latin1')))
  request.on('end', () => {
    calls += 1
    response.setHeader('content-type', 'application/json')
    response.end(answerAbout(new URLSearchParams(form).get('token') ?? ''))
  })
})
// Contenders that wait for their turn keep their connections.
server.keepAliveTimeout = 600_000

/** Says of a JWT what it says itself; of an opaque token what such servers know. */
function answerAbout(token: string): string {
  const payload = token.split('.')[1]
  const now = Math.floor(Date.now() / 1_000)
  const known =
    payload === undefined
      ? { iss: ISSUER, sub: token.slice(0, 16), aud: AUDIENCE, client_id: CLIENT, iat: now, exp: now + 3_600 }
      : JSON.parse(Buffer.from(payload, 'base64url').toString())
  const { iss, sub, aud, client_id, iat, exp, jti } = known
  const scope = 'openid profile email orders/read orders/write'
  return JSON.stringify({ active: true, scope, client_id, token_type: 'Bearer', exp, iat, sub, aud, iss, jti })
}

process.on('message', () => process.send?.({ calls }))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
