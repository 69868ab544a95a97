import {
  IsAuthorizedCommand,
  ResourceNotFoundException,
  ThrottlingException,
  VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions'
import { setupServer } from 'msw/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mswHandlers } from '../../src/msw.js'
import { fakeVerifiedPermissions, type FakeVerifiedPermissionsOptions } from '../../src/verified-permissions/index.js'
import { action, ann, order, policies, policyStore, resource, schema } from '../support/policy-store.js'

describe('the doors', () => {
  /** The client of AWS at the address of AWS. */
  async function atAws() {
    const store = await fakeVerifiedPermissions({ policies, schema })
    const { region, credentials, policyStoreId } = store
    const client = new VerifiedPermissionsClient({ region, credentials, maxAttempts: 1 })
    onTestFinished(async () => {
      client.destroy()
      await store.close()
    })
    return {
      store,
      ask: () => client.send(new IsAuthorizedCommand({ policyStoreId, principal: ann, action, resource })),
    }
  }

  it('listen() answers at the address of the service', async () => {
    const { store, ask } = await atAws()
    await store.listen()
    expect(await ask()).toMatchObject({ decision: 'ALLOW' })
    expect(store.isAuthorized.url).toBe('https://verifiedpermissions.xx-fake-1.amazonaws.com/')
  })

  it('several stores listen at one address, each for its id', async () => {
    const [one, two] = [await atAws(), await atAws()]
    await one.store.listen()
    await two.store.listen()
    await two.ask()
    expect([one.store.isAuthorized.hits, two.store.isAuthorized.hits]).toStrictEqual([0, 1])
    await two.store.close()
    expect(await one.ask()).toMatchObject({ decision: 'ALLOW' })
  })

  it('an id that none of them has is a store that is not there', async () => {
    const [one, two, three] = [await atAws(), await atAws(), await atAws()]
    await one.store.listen()
    await two.store.listen()
    await expect(three.ask()).rejects.toThrow(ResourceNotFoundException)
  })

  it('handlers go into an msw server that is there', async () => {
    const { store, ask } = await atAws()
    const server = setupServer(...mswHandlers(store))
    server.listen()
    onTestFinished(() => server.close())
    expect(await ask()).toMatchObject({ decision: 'ALLOW' })
  })

  it('fetch reaches the store and nothing else', async () => {
    const store = await fakeVerifiedPermissions({ policies })
    onTestFinished(() => store.close())
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'VerifiedPermissions.IsAuthorized',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAFAKE/20261127/xx-fake-1/verifiedpermissions/aws4_request, SignedHeaders=host, Signature=0',
    }
    const post = async (changed: Record<string, string> = {}, body = '{}') => {
      const response = await store.fetch(store.isAuthorized.url, {
        method: 'POST',
        headers: { ...headers, ...changed },
        body,
      })
      const { ['__type']: type } = (await response.json()) as Record<string, unknown>
      return [response.status, type]
    }
    expect(await post()).toStrictEqual([400, 'com.amazonaws.verifiedpermissions#ValidationException'])
    expect(await post({}, 'null')).toStrictEqual([400, 'com.amazonaws.verifiedpermissions#SerializationException'])
    expect(await post({ 'content-type': 'application/json' })).toStrictEqual([
      400,
      'com.amazonaws.verifiedpermissions#SerializationException',
    ])
    expect(await post({ authorization: '' })).toStrictEqual([
      400,
      'com.amazonaws.verifiedpermissions#MissingAuthenticationTokenException',
    ])
    expect(await post({ authorization: headers.authorization.replace('/verifiedpermissions/', '/s3/') })).toStrictEqual(
      [400, 'com.amazonaws.verifiedpermissions#MissingAuthenticationTokenException'],
    )
    expect(await post({ 'x-amz-target': 'VerifiedPermissions.Guess' })).toStrictEqual([
      400,
      'com.amazonaws.verifiedpermissions#UnknownOperationException',
    ])
    expect(store.isAuthorized.hits).toBe(5)
    await expect(store.fetch('https://example.org/')).rejects.toThrow('this fetch reaches the fake store only')
  })

  it('after close() nobody is answered', async () => {
    const { store } = await policyStore()
    await store.close()
    await expect(store.serve()).rejects.toThrow('fakeVerifiedPermissions: the store was closed; make a new one')
    await expect(store.fetch(store.isAuthorized.url)).rejects.toThrow('the store was closed')
  })
})

describe('a decision', () => {
  it('is made by Cedar, and names the policies by the ids of the store', async () => {
    const { store, isAuthorized } = await policyStore()
    const named = store.policies().find(({ name }) => name === 'ann')
    expect(named).toMatchObject({
      policyId: expect.stringMatching(/^SPFAKE/),
      statement: expect.stringContaining('"ann"'),
    })
    expect(await isAuthorized()).toMatchObject({
      decision: 'ALLOW',
      determiningPolicies: [{ policyId: named?.policyId }],
      errors: [],
    })
    expect(await isAuthorized({ principal: { ...ann, entityId: 'bob' } })).toMatchObject({
      decision: 'DENY',
      determiningPolicies: [],
    })
  })

  it('takes attributes of every type, as values and as JSON', async () => {
    const { isAuthorized } = await policyStore()
    const owned = { identifier: order, attributes: { owner: { entityIdentifier: ann }, total: { decimal: '1.5' } } }
    expect(await isAuthorized({ resource: order, entities: { entityList: [owned] } })).toMatchObject({
      decision: 'ALLOW',
    })
    const uid = { type: 'Shop::Order', id: '7' }
    const attrs = { owner: { __entity: { type: 'Shop::User', id: 'ann' } } }
    for (const cedarJson of [
      JSON.stringify([{ uid, attrs, parents: [] }]),
      JSON.stringify([{ uid: { __entity: uid }, attrs }]),
    ]) {
      expect(await isAuthorized({ resource: order, entities: { cedarJson } })).toMatchObject({ decision: 'ALLOW' })
    }
    expect(await isAuthorized({ context: { cedarJson: '{"mfa":true}' } })).toMatchObject({ decision: 'ALLOW' })
  })

  it('takes the last of two entities with one identifier', async () => {
    const { isAuthorized } = await policyStore()
    const bob = { ...ann, entityId: 'bob' }
    const owned = (by: typeof ann) => ({ identifier: order, attributes: { owner: { entityIdentifier: by } } })
    const decide = async (entityList: ReturnType<typeof owned>[]) =>
      (await isAuthorized({ resource: order, entities: { entityList } })).decision
    expect([await decide([owned(ann), owned(bob)]), await decide([owned(bob), owned(ann)])]).toStrictEqual([
      'DENY',
      'ALLOW',
    ])
  })

  it('names a policy that errs, and stands', async () => {
    const { store, isAuthorized } = await policyStore({
      policies:
        '@id("errs") forbid(principal, action, resource) when { context.missing };\n@id("all") permit(principal, action, resource);',
    })
    const [errs] = store.policies()
    const answer = await isAuthorized()
    expect(answer.decision).toBe('ALLOW')
    expect(answer.errors).toStrictEqual([{ errorDescription: expect.stringContaining(`policy \`${errs?.policyId}\``) }])
  })
})

it('operations have counters and faults', async () => {
  const { store, isAuthorized } = await policyStore()
  store.isAuthorized.throttle({ times: 1 })
  await expect(isAuthorized()).rejects.toThrow(ThrottlingException)
  store.isAuthorized.fail({ status: 400, error: 'AccessDeniedException', times: 1 })
  await expect(isAuthorized()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 400 },
  })
  store.isAuthorized.fail()
  await expect(isAuthorized()).rejects.toMatchObject({
    name: 'InternalServerException',
    $metadata: { httpStatusCode: 503 },
  })
  store.isAuthorized.recover()
  expect(await isAuthorized()).toMatchObject({ decision: 'ALLOW' })
  expect([store.isAuthorized.hits, store.isAuthorizedWithToken.hits, store.management.hits]).toStrictEqual([4, 0, 0])
  expect(JSON.parse(store.isAuthorized.requests.at(-1)?.body ?? '')).toMatchObject({ principal: ann, action, resource })
})

describe('options that are wrong', () => {
  const pool = { userPoolId: 'x', issuer: 'x', clock: Date, publicKeys: async () => ({ keys: [] }) }
  const wrong: Record<string, [options: object, message: string]> = {
    'a misspelt name': [{ polices: '' }, 'the store knows no polices; it takes policies, schema'],
    'policies of another type': [{ policies: ['permit(principal, action, resource);'] }, 'policies must be Cedar text'],
    'policies that do not parse': [{ policies: 'permit' }, 'fakeVerifiedPermissions: unexpected end of input'],
    'policies that do not fit the schema': [
      { schema, policies: '@id("x") permit(principal, action, resource) when { resource.x };' },
      'policy x: ',
    ],
    'policy templates': [
      { policies: 'permit(principal == ?principal, action, resource);' },
      'policies must have no template',
    ],
    'a schema that does not parse': [{ schema: 'entity' }, 'fakeVerifiedPermissions: definition.cedarJson: '],
    'a schema of another type': [{ schema: 7 }, 'schema must be Cedar text, or JSON as an object'],
    'another validation': [{ validation: 'LAX' }, "validation must be 'STRICT' or 'OFF'"],
    'an identity source without a pool': [
      { identitySource: { principalEntityType: 'User' } },
      'identitySource.pool must be what fakeCognito() makes',
    ],
    'an identity source without a type': [{ identitySource: { pool } }, 'identitySource needs a principalEntityType'],
    'a misspelt name in it': [
      { identitySource: { pool, principalType: 'User' } },
      'identitySource knows no principalType',
    ],
  }
  it.each(Object.entries(wrong))('%s', async (_, [options, message]) => {
    await expect(fakeVerifiedPermissions(options as FakeVerifiedPermissionsOptions)).rejects.toThrow(message)
    await expect(fakeVerifiedPermissions(options as FakeVerifiedPermissionsOptions)).rejects.toThrow(TypeError)
  })

  it('do not include a store without anything: it denies', async () => {
    const { isAuthorized, store } = await policyStore({})
    expect(await isAuthorized()).toMatchObject({ decision: 'DENY' })
    expect([store.policies(), store.schema()]).toStrictEqual([[], undefined])
  })
})
