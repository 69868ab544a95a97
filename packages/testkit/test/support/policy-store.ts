import {
  type IsAuthorizedWithTokenCommandInput,
  IsAuthorizedCommand,
  type IsAuthorizedCommandInput,
  IsAuthorizedWithTokenCommand,
  ValidationException,
  VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions'
import { expect, onTestFinished } from 'vitest'
import { type FakeCognito, fakeCognito } from '../../src/index.js'
import { fakeVerifiedPermissions, type FakeVerifiedPermissionsOptions } from '../../src/verified-permissions/index.js'

export const schema = `
namespace Shop {
  type Token = { scope: Set<String>, client_id: String, tenant?: String };
  entity UserGroup in [UserGroup];
  entity User in [UserGroup] = { email?: String };
  entity Order in [Order] = { owner?: User, total?: decimal };
  entity Application;
  action read appliesTo { principal: User, resource: [Order, Application], context: { token?: Token, mfa?: Bool } };
}`

export const policies = `
@id("owner") permit(principal, action, resource is Shop::Order) when { resource has owner && resource.owner == principal };
@id("reader") permit(principal, action == Shop::Action::"read", resource is Shop::Application) when {
  context has token && context.token.scope.contains("orders/read") };
@id("ann") permit(principal == Shop::User::"ann", action == Shop::Action::"read", resource is Shop::Application);`

export const action = { actionType: 'Shop::Action', actionId: 'read' }
export const resource = { entityType: 'Shop::Application', entityId: 'Shop' }
export const ann = { entityType: 'Shop::User', entityId: 'ann' }
export const order = { entityType: 'Shop::Order', entityId: '7' }

/** A store with the client of AWS, unchanged, behind a port. */
export async function policyStore(options: FakeVerifiedPermissionsOptions = { policies, schema }) {
  const store = await fakeVerifiedPermissions(options)
  const { url } = await store.serve()
  const { policyStoreId, region, credentials } = store
  const client = new VerifiedPermissionsClient({ region, credentials, endpoint: url, maxAttempts: 1 })
  onTestFinished(async () => {
    client.destroy()
    await store.close()
  })
  const isAuthorized = (input: Partial<IsAuthorizedCommandInput> = {}) =>
    client.send(new IsAuthorizedCommand({ policyStoreId, principal: ann, action, resource, ...input }))
  const isAuthorizedWithToken = (input: Partial<IsAuthorizedWithTokenCommandInput>) =>
    client.send(new IsAuthorizedWithTokenCommand({ policyStoreId, action, resource, ...input }))
  return { store, client, policyStoreId, isAuthorized, isAuthorizedWithToken }
}

/** A store whose identity source is a pool. */
export async function storeOfPool(source: object = {}) {
  const pool: FakeCognito = await fakeCognito({ clients: ['web', 'mobile'], resourceServers: { orders: ['read'] } })
  onTestFinished(() => pool.close())
  const identitySource = {
    pool,
    principalEntityType: 'Shop::User',
    groupEntityType: 'Shop::UserGroup',
    ...source,
  }
  return { pool, ...(await policyStore({ policies, schema, identitySource })) }
}

/** That AWS would not take the input, and which part of it. */
export async function expectInvalid(
  call: Promise<unknown>,
  path: string | RegExp,
  reason: RegExp = /./,
): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ValidationException)
  const [field] = (error as ValidationException).fieldList ?? []
  expect(field?.path).toMatch(path instanceof RegExp ? path : new RegExp(`^${path.replaceAll(/[[\].]/g, '\\$&')}$`))
  expect(field?.message).toMatch(reason)
}
