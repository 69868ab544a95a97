// Decides the same in process and by a store, and loads Cedar for the former alone. Shared by both module formats; the
// packages are handed in, since how they are loaded is what differs.
const assert = require('node:assert/strict')

const loadedOfCedar = () => Object.keys(require.cache).filter((file) => file.includes('cedar-wasm'))

module.exports = async function scenario({ cedar, verifiedPermissions, core, cognito, testkit, sdk, fakes }) {
  const pool = await testkit.fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
  const issuers = [cognito.cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })]
  const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
  const request = { method: 'GET', url: 'https://api.example/', headers: { authorization: `Bearer ${token}` } }
  const attributes = () => ({ owner: cedar.entity('User', `${pool.userPoolId}|u1`) })
  const authorize = async (decisionPoint, action) => {
    const api = core.createResourceServer({ issuers, fetch: pool.fetch, decisionPoint })
    const outcome = await api.authorize(request, { action, resource: { type: 'Order', id: '7', attributes } })
    await api.close()
    return outcome.status ?? outcome.outcome
  }
  const policies = `permit(principal, action == Action::"read", resource is Order)
    when { resource.owner == principal && context.token.scope.contains("orders/read") };
    forbid(principal, action == Action::"refund", resource) unless { principal in UserGroup::"${pool.userPoolId}|admins" };`

  const unasked = new sdk.VerifiedPermissionsClient({ region: 'xx-fake-1' })
  verifiedPermissions.verifiedPermissionsDecisionPoint({ policyStoreId: 'PSFAKE', client: unasked })
  assert.deepEqual(loadedOfCedar(), [])
  const local = cedar.cedarDecisionPoint({ policies })
  assert.equal(loadedOfCedar().length, 1)

  const identitySource = { pool, principalEntityType: 'User', groupEntityType: 'UserGroup' }
  const store = await (await fakes()).fakeVerifiedPermissions({ policies, identitySource })
  const { url: endpoint } = await store.serve()
  const { region, credentials, policyStoreId } = store
  const client = new sdk.VerifiedPermissionsClient({ region, credentials, endpoint })
  const remote = verifiedPermissions.verifiedPermissionsDecisionPoint({
    policyStoreId,
    client,
    identitySource: pool.issuer,
  })
  try {
    for (const point of [local, remote]) {
      assert.equal(await authorize(point, 'read'), 'granted')
      assert.equal(await authorize(point, 'refund'), 403)
    }
    store.isAuthorizedWithToken.fail({ status: 500 })
    assert.equal(await authorize(remote, 'read'), 503)
    assert.throws(() => cedar.cedarDecisionPoint({ policies: 'permit(principal' }), core.ConfigurationError)
  } finally {
    local.close()
    client.destroy()
    await Promise.all([pool.close(), store.close()])
  }
}
