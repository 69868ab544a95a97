import { type CompiledPolicy, definePolicy } from '@tokenward/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createRouteTable, type Documents } from '../../src/authorizers/route-table.js'

const read = definePolicy({ scopes: ['orders/read'] })
const write = definePolicy({ scopes: ['orders/write'] })
const table = (routes: unknown, inDocuments: Documents | false = 'of all routes') =>
  createRouteTable('routes', routes, { compile: (policy: CompiledPolicy<unknown>) => policy, inDocuments } as never)

describe('a table of routes', () => {
  it('finds a route by its key, as it stands', () => {
    const { find } = table({ 'GET /orders/{id}': read, 'ANY /{proxy+}': write, $default: read }, false)
    expect(find('GET /orders/{id}')?.policy).toBe(read)
    expect(find('ANY /{proxy+}')?.policy).toBe(write)
    expect(find('$default')?.policy).toBe(read)
    expect(find('GET /orders/7')).toBeUndefined()
    expect(find('toString')).toBeUndefined()
  })

  it.each([
    'orders',
    'GET',
    'GET orders',
    'get /orders',
    'GET  /orders',
    'FETCH /orders',
    'GET /orders/{id',
    'GET /{proxy+}/items',
    'GET /orders/*',
    'GET /orders?x',
    'GET /or ders',
    '$connect',
    '',
  ])('has no route %j', (key) => {
    expect(() => table({ [key]: read })).toThrow(/^routes has ".*", which is no route such as/)
  })

  it('has no parameter as other routers write it', () => {
    expect(() => table({ 'GET /orders/:id': read })).toThrow(
      'routes has "GET /orders/:id", which API Gateway takes as it stands; a parameter is {id}',
    )
    expect(() => table({ 'POST /orders/{id}:cancel': read }, false)).toThrow('is no route such as')
    expect(() => table({ 'POST /orders:cancel': read }, false)).not.toThrow()
  })

  it('names the route whose policy cannot be compiled', () => {
    const compile = definePolicy as never
    const made = (policy: object) => () =>
      createRouteTable('routes', { 'GET /a': policy }, { compile, inDocuments: false })
    expect(made({ scope: [] })).toThrow("routes['GET /a'].scope is not an option")
    expect(made({ maxRevocationLag: '5' })).toThrow("routes['GET /a'].maxRevocationLag must be")
    const broken = () => {
      throw new TypeError('broken')
    }
    expect(() => createRouteTable('routes', { 'GET /a': {} }, { compile: broken, inDocuments: false })).toThrow(
      TypeError,
    )
  })

  it.each([undefined, null, [], {}, 'GET /orders'])('is not %j', (given) => {
    expect(() => table(given)).toThrow('routes must be an object with one or more routes')
  })

  it.each([null, undefined, 5, 'orders/read', []])('names the route whose policy is %j', (policy) => {
    expect(() => table({ 'GET /orders': read, 'GET /a': policy })).toThrow("routes['GET /a'] must be a policy, such as")
  })

  it('decides policies that say the same once', () => {
    const same = definePolicy({ scopes: ['orders/read'], name: 'other' })
    const schema = definePolicy({ claims: z.object({}) }) as CompiledPolicy<unknown>
    const alike = definePolicy({ claims: z.object({}) }) as CompiledPolicy<unknown>
    const { demands, find } = table({
      'GET /a': read,
      'GET /b': same,
      'GET /c': write,
      'GET /d': schema,
      'GET /e': alike,
    })
    expect(demands).toHaveLength(4)
    expect(find('GET /b')).toMatchObject({ policy: same, demand: read })
  })

  it('names all routes that a request may mean', () => {
    const { meantBy } = table({
      'GET /orders/{id}': read,
      'GET /orders/{id}/items': write,
      'DELETE /orders/{id}': write,
    })
    const keys = (request: string) => meantBy(request).map(({ key }) => key)
    expect(keys('GET/orders/7')).toStrictEqual(['GET /orders/{id}'])
    // Whether a slash was sent as one or as `%2F`, a TOKEN event does not say.
    expect(keys('GET/orders/7/items')).toStrictEqual(['GET /orders/{id}', 'GET /orders/{id}/items'])
    expect(keys('GET/orders')).toStrictEqual([])
    expect(keys('GET/orders/*')).toStrictEqual(['GET /orders/{id}'])
  })

  it('takes a path with a slash at its end for the one without, too', () => {
    const { meantBy } = table({ 'GET /admin': write, 'ANY /{proxy+}': read })
    expect(meantBy('GET/admin/').map(({ key }) => key)).toStrictEqual(['GET /admin', 'ANY /{proxy+}'])
    expect(table({ 'GET /': read }).meantBy('GET/')).toHaveLength(1)
  })

  it('takes a route of its own out of one for any method, as API Gateway does', () => {
    const { meantBy, find } = table({ 'ANY /orders': read, 'DELETE /orders': write })
    expect(meantBy('DELETE/orders').map(({ key }) => key)).toStrictEqual(['DELETE /orders'])
    expect(find('ANY /orders')?.patterns).toHaveLength(6)
  })
})

describe('a table that has to be written as a policy document', () => {
  it.each([
    ['two ways to write one path', { 'GET /orders/{id}': read, 'GET /orders/{name}': write }],
    [
      'a path that fits one route as a whole and the beginning of another',
      { 'ANY /{tenant}/{id}': read, 'GET /files/{path+}': write },
    ],
    [
      'a route for the rest that begins between two others',
      { 'GET /orders/{id}': read, 'GET /orders/{id}/items': read, 'ANY /{proxy+}': write },
    ],
    [
      'a parameter before a route for the rest, inside another',
      { 'GET /tenants/{id}/files/{path+}': read, 'ANY /{proxy+}': write },
    ],
    [
      'a parameter before a route for the rest, where all else has one',
      { 'GET /{tenant}/files/{path+}': read, $default: write },
    ],
    ['two routes that share their pattern alone', { 'ANY /{id}': read, 'GET /{path+}': write }],
    ['paths that cross', { 'GET /orders/{id}': read, 'GET /{tenant}/items': write }],
    [
      'a route inside one that would have to be denied for a third',
      { 'GET /{proxy+}': read, 'GET /admin/{proxy+}': write, 'GET /admin/me': read },
    ],
  ])('has no %s', (_, routes) => {
    expect(() => table(routes)).toThrow(/^routes has '.*' and '.*', which no policy document can tell apart/)
    expect(() => table(routes, false)).not.toThrow()
    expect(() => table(routes, 'of one route')).not.toThrow()
  })

  it.each([
    ['a route for the rest of longer paths', { 'GET /{tenant}': read, 'GET /files/{path+}': write }],
    ['parameters at the end of a route for the rest', { 'GET /files/{tenant}/{path+}': read, 'ANY /{proxy+}': write }],
    ['one method of a path, whatever its parameters are called', { 'ANY /{id}': read, 'GET /{name}': write }],
    ['the same policies', { 'GET /orders/{id}': read, 'GET /{tenant}/items': read }],
    ['a route inside another', { 'GET /orders/{id}': read, 'GET /orders/mine': write }],
    [
      'what lies deeper',
      { 'DELETE /orders/{id}': read, 'DELETE /orders/{id}/items/{item}': write, 'GET /orders': read },
    ],
  ])('may have %s', (_, routes) => {
    expect(() => table(routes)).not.toThrow()
  })

  it('has no paths that do not fit, or whose spelling nobody knows', () => {
    for (const path of [`/${'a'.repeat(301)}`, '/żółć']) {
      expect(() => table({ [`GET ${path}`]: read })).toThrow('whose path fits no policy document')
      expect(() => table({ [`GET ${path}`]: read }, false)).not.toThrow()
    }
  })
})
