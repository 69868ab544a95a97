// Fetches a key set over loopback, grants one token and refuses one forged. Shared by the ES module and the CommonJS
// consumer; the packages are handed in, since how they are loaded is what differs.
const assert = require('node:assert/strict')

module.exports = async function scenario({ core, aws, cognito, node, errors, testkit }) {
  const pool = await testkit.fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
  const served = await pool.serve()
  const api = core.createResourceServer({
    issuers: [
      cognito.cognitoUserPool({
        userPoolId: pool.userPoolId,
        clientId: 'web',
        endpoint: served.url,
        allowInsecureLoopback: true,
      }),
    ],
  })
  const request = (token) =>
    node.fromNodeRequest({ method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } })
  const good = await api.authorize(request(await pool.accessToken({ scopes: ['orders/read'] })), {
    scopes: ['orders/read'],
  })
  assert.equal(good.outcome, 'granted')
  const event = {
    version: '2.0',
    rawPath: '/',
    rawQueryString: '',
    headers: { authorization: `Bearer ${await pool.accessToken()}` },
    requestContext: { http: { method: 'GET' } },
  }
  assert.equal((await api.authorize(aws.fromAwsEvent(event))).outcome, 'granted')
  const forged = await api.authorize(request(await pool.forged.wrongKey({ scopes: ['orders/read'] })))
  assert.equal(forged.status, 401)
  assert.equal(forged.reason, 'signature-invalid')
  await assert.rejects(api.verify(await pool.forged.expired()), (error) => error instanceof errors.TokenRefusedError)
  assert.throws(
    () => cognito.cognitoUserPool({ userPoolId: 'x' }),
    (error) => error instanceof core.ConfigurationError,
  )
  assert.equal(pool.jwks.hits, 1)
  await api.close()
  await pool.close()
}
