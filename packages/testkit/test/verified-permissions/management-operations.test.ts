import {
  ConflictException,
  CreatePolicyCommand,
  type CreatePolicyCommandInput,
  DeletePolicyCommand,
  GetPolicyCommand,
  GetSchemaCommand,
  ListPoliciesCommand,
  PutSchemaCommand,
  ResourceNotFoundException,
  UpdatePolicyCommand,
} from '@aws-sdk/client-verifiedpermissions'
import { describe, expect, it } from 'vitest'
import { expectInvalid, policyStore } from '../support/policy-store.js'

const statement = 'permit(principal, action == Shop::Action::"read", resource is Shop::Application);'
const definition = (text: string, description?: string) => ({
  static: { statement: text, ...(description !== undefined && { description }) },
})

describe('policies', () => {
  it('are created with a name or without, and told with what their scope names', async () => {
    const { client, policyStoreId, store } = await policyStore()
    const text = 'forbid(principal == Shop::User::"bob", action, resource == Shop::Order::"7");'
    const created = await client.send(
      new CreatePolicyCommand({ policyStoreId, definition: definition(text, 'no bob'), name: 'name/no-bob' }),
    )
    expect(created).toMatchObject({
      policyType: 'STATIC',
      effect: 'Forbid',
      principal: { entityType: 'Shop::User', entityId: 'bob' },
      resource: { entityType: 'Shop::Order', entityId: '7' },
      createdDate: expect.any(Date),
    })
    for (const policyId of [created.policyId, 'name/no-bob']) {
      expect(await client.send(new GetPolicyCommand({ policyStoreId, policyId }))).toMatchObject({
        policyId: created.policyId,
        name: 'name/no-bob',
        definition: definition(text, 'no bob'),
      })
    }
    const plain = await client.send(new CreatePolicyCommand({ policyStoreId, definition: definition(statement) }))
    expect(plain).not.toHaveProperty('principal')
    expect(store.policies()).toHaveLength(5)
    expect(store.policies().at(-1)).toStrictEqual({ policyId: plain.policyId, name: undefined, statement })
  })

  it('have names that are unique, and of a form', async () => {
    const { client, policyStoreId } = await policyStore()
    const create = (name: string) =>
      client.send(new CreatePolicyCommand({ policyStoreId, definition: definition(statement), name }))
    await create('name/a')
    await expect(create('name/a')).rejects.toThrow(ConflictException)
    for (const name of ['a', 'name/', 'name/a b', `name/${'x'.repeat(146)}`]) await expectInvalid(create(name), 'name')
  })

  it('are listed in pages, without their text', async () => {
    const { client, policyStoreId } = await policyStore({})
    for (let index = 0; index < 12; index += 1) {
      await client.send(
        new CreatePolicyCommand({
          policyStoreId,
          definition: definition(`permit(principal, action, resource == O::"${index}");`),
        }),
      )
    }
    const first = await client.send(new ListPoliciesCommand({ policyStoreId }))
    expect(first.policies).toHaveLength(10)
    expect(first.policies?.[0]?.definition?.static).not.toHaveProperty('statement')
    const second = await client.send(new ListPoliciesCommand({ policyStoreId, nextToken: first.nextToken }))
    expect(second.policies?.map(({ resource }) => resource?.entityId)).toStrictEqual(['10', '11'])
    expect(second.nextToken).toBeUndefined()
    expect((await client.send(new ListPoliciesCommand({ policyStoreId, maxResults: 50 }))).policies).toHaveLength(12)
  })

  it('are updated in their conditions and actions, and in nothing else', async () => {
    const { client, policyStoreId, isAuthorized } = await policyStore()
    const bob = { entityType: 'Shop::User', entityId: 'bob' }
    const update = (text: string) =>
      client.send(new UpdatePolicyCommand({ policyStoreId, policyId: 'name/ann', definition: definition(text) }))
    const scope = 'principal == Shop::User::"ann", action, resource is Shop::Application'
    await update(`permit(${scope}) when { context has mfa };`)
    expect(await isAuthorized()).toMatchObject({ decision: 'DENY' })
    expect(await isAuthorized({ context: { contextMap: { mfa: { boolean: true } } } })).toMatchObject({
      decision: 'ALLOW',
    })
    const path = 'definition.static.statement'
    await expectInvalid(update(`forbid(${scope});`), path, /effect/)
    await expectInvalid(update(`permit(${scope.replace('ann', 'bob')});`), path, /principal/)
    await expectInvalid(update(`permit(${scope.replace('Application', 'Order')});`), path, /resource/)
    await expectInvalid(update(`permit(${scope}) when { resource.x };`), path)
    expect(await isAuthorized({ principal: bob })).toMatchObject({ decision: 'DENY' })
    const renamed = new UpdatePolicyCommand({ policyStoreId, policyId: 'name/ann', name: 'name/anne' })
    await client.send(renamed)
    await expect(client.send(renamed)).rejects.toThrow(ResourceNotFoundException)
    const taken = new UpdatePolicyCommand({ policyStoreId, policyId: 'name/anne', name: 'name/owner' })
    await expect(client.send(taken)).rejects.toThrow(ConflictException)
  })

  it('are deleted, however often', async () => {
    const { client, policyStoreId, isAuthorized, store } = await policyStore()
    const remove = new DeletePolicyCommand({ policyStoreId, policyId: 'name/ann' })
    await client.send(remove)
    await client.send(remove)
    expect(await isAuthorized()).toMatchObject({ decision: 'DENY' })
    expect(store.policies()).toHaveLength(2)
  })

  it('are not made from templates', async () => {
    const { client, policyStoreId } = await policyStore()
    const linked: CreatePolicyCommandInput['definition'] = { templateLinked: { policyTemplateId: 'PT1' } }
    await expectInvalid(client.send(new CreatePolicyCommand({ policyStoreId, definition: linked })), 'definition')
  })
})

describe('the schema', () => {
  const put = (policyStoreId: string, cedarJson: string) =>
    new PutSchemaCommand({ policyStoreId, definition: { cedarJson } })

  it('is told in JSON, whichever way it was given', async () => {
    const { client, policyStoreId, store } = await policyStore()
    const { schema, namespaces } = await client.send(new GetSchemaCommand({ policyStoreId }))
    expect(namespaces).toStrictEqual(['Shop'])
    expect(JSON.parse(schema ?? '')).toHaveProperty('Shop.actions.read')
    expect(store.schema()).toBe(schema)
  })

  it('takes the place of the one before; policies that are there stay', async () => {
    const { client, policyStoreId, store, isAuthorized } = await policyStore()
    const json =
      '{"Shop":{"entityTypes":{"User":{},"Application":{}},"actions":{"read":{"appliesTo":{"principalTypes":["User"],"resourceTypes":["Application"]}}}}}'
    expect(await client.send(put(policyStoreId, json))).toMatchObject({ namespaces: ['Shop'] })
    expect(store.schema()).toBe(json)
    expect(store.policies()).toHaveLength(3)
    expect(await isAuthorized()).toMatchObject({ decision: 'ALLOW' })
  })

  it('is refused where it is none', async () => {
    const { client, policyStoreId } = await policyStore()
    for (const json of ['{', '[]', '{"Shop":{}}', `{"Shop":${' '.repeat(100_000)}{}}`]) {
      await expectInvalid(client.send(put(policyStoreId, json)), 'definition.cedarJson')
    }
  })

  it('is not there before it is put', async () => {
    const { client, policyStoreId } = await policyStore({})
    await expect(client.send(new GetSchemaCommand({ policyStoreId }))).rejects.toThrow(ResourceNotFoundException)
  })
})

it('an unknown policy, and an unknown store, are not there', async () => {
  const { client, policyStoreId, store } = await policyStore()
  await expect(client.send(new GetPolicyCommand({ policyStoreId, policyId: 'SPNONE' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    resourceId: 'SPNONE',
    resourceType: 'POLICY',
  })
  await expect(client.send(new GetSchemaCommand({ policyStoreId: 'PSNONE' }))).rejects.toMatchObject({
    resourceType: 'POLICY_STORE',
  })
  expect(store.management.hits).toBe(2)
})
