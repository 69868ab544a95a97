import { definePolicy } from '@tokenward/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentFor } from '../../src/authorizers/policy-document.js'
import { createRouteTable, type RouteTable } from '../../src/authorizers/route-table.js'
import { ARN } from '../support/events.js'
import { allowing, allows } from '../support/iam.js'

const arn = { stage: `${ARN}/`, request: 'GET/orders' }

/** A table in which each route demands something else, unless it is told which demand. */
function tableOf(routes: Readonly<Record<string, number>>): RouteTable {
  const policies = Object.fromEntries(
    Object.entries(routes).map(([key, demand]) => [key, definePolicy({ scopes: [`scope${demand}`] })]),
  )
  return createRouteTable('routes', policies, { compile: (policy) => policy, inDocuments: 'of all routes' })
}

/** What a document says when some demands are met. */
function documentOf(table: RouteTable, isMet: (scope: string) => boolean) {
  const granted = table.routes.filter(({ policy }) => policy.scopes.every(isMet))
  return documentFor(
    arn,
    granted,
    table.routes.filter((route) => !granted.includes(route)),
  )
}

describe('the document of a table', () => {
  it('allows what is granted, and needs no word for most of the rest', () => {
    const table = tableOf({ 'GET /orders': 1, 'POST /orders': 2, 'GET /health': 1 })
    expect(documentOf(table, (scope) => scope === 'scope1')).toStrictEqual({
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [`${ARN}/GET/orders`, `${ARN}/GET/health`] },
      ],
    })
  })

  it('denies what the pattern of a granted route would cover', () => {
    const table = tableOf({ 'GET /orders/{id}': 1, 'GET /orders/{id}/secrets': 2, 'GET /orders/mine': 3 })
    const document = documentOf(table, (scope) => scope === 'scope1')
    expect(document.Statement[1]).toStrictEqual({
      Action: 'execute-api:Invoke',
      Effect: 'Deny',
      Resource: [
        `${ARN}/GET/orders/*/secrets`,
        `${ARN}/GET/orders/*/secrets/`,
        `${ARN}/GET/orders/mine`,
        `${ARN}/GET/orders/mine/`,
        `${ARN}/GET/orders/*/*`,
      ],
    })
    expect(allows(document, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(document, `${ARN}/GET/orders/7/secrets`)).toBe(false)
    expect(allows(document, `${ARN}/GET/orders/mine`)).toBe(false)
  })

  it('denies it with a slash at the end, too, which API Gateway may leave aside', () => {
    const table = tableOf({ 'GET /{proxy+}': 1, 'GET /admin': 2 })
    const document = documentOf(table, (scope) => scope === 'scope1')
    expect(allows(document, `${ARN}/GET/orders`)).toBe(true)
    expect(allows(document, `${ARN}/GET/admin`)).toBe(false)
    expect(allows(document, `${ARN}/GET/admin/`)).toBe(false)
    expect(allows(document, `${ARN}/GET/admin/users`)).toBe(true)
  })

  it('takes no empty path for a parameter, where it is for a wider route', () => {
    const document = documentOf(tableOf({ 'GET /orders/{id}': 1, 'ANY /{proxy+}': 2 }), (scope) => scope === 'scope1')
    expect(allows(document, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(document, `${ARN}/GET/orders/`)).toBe(false)
    const proxied = documentOf(tableOf({ 'ANY /{proxy+}': 1, $default: 2 }), (scope) => scope === 'scope1')
    expect(allows(proxied, `${ARN}/GET/health`)).toBe(true)
    expect(allows(proxied, `${ARN}/GET/`)).toBe(false)
  })

  it('keeps a granted route open inside one that is not', () => {
    const table = tableOf({ 'GET /orders/{id}': 1, 'GET /orders/mine': 2 })
    const document = documentOf(table, (scope) => scope === 'scope2')
    expect(allows(document, `${ARN}/GET/orders/mine`)).toBe(true)
    expect(allows(document, `${ARN}/GET/orders/7`)).toBe(false)
  })

  it('lets a parameter end at the next slash, where no granted route lies deeper', () => {
    const document = documentOf(tableOf({ 'GET /orders/{id}': 1 }), () => true)
    expect(allows(document, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(document, `${ARN}/GET/orders/7/unlisted`)).toBe(false)
    const greedy = documentOf(tableOf({ 'GET /files/{path+}': 1 }), () => true)
    expect(allows(greedy, `${ARN}/GET/files/a/b/c`)).toBe(true)
  })

  it('keeps a route for longer paths open beside a parameter of the same pattern', () => {
    const document = documentOf(tableOf({ 'GET /orders/{id}': 1, 'GET /orders/{proxy+}': 1 }), () => true)
    expect(allows(document, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(document, `${ARN}/GET/orders/7/items`)).toBe(true)
  })

  it('allows a route of each method in one for any, but for those of their own', () => {
    const document = documentOf(tableOf({ 'ANY /orders': 1, 'DELETE /orders': 2 }), (scope) => scope === 'scope1')
    expect(allows(document, `${ARN}/PATCH/orders`)).toBe(true)
    expect(allows(document, `${ARN}/DELETE/orders`)).toBe(false)
    expect(allows(document, `${ARN}/GET/other/orders`)).toBe(false)
  })

  it('allows every request to a granted route and none to another, in every table that can be written', () => {
    const segment = fc.constantFrom('a', 'b', '{x}')
    const path = fc.array(segment, { minLength: 1, maxLength: 4 })
    const key = fc
      .tuple(fc.constantFrom('GET', 'ANY', 'DELETE'), path)
      .map(([method, parts]) => `${method} /${parts.join('/')}`)
    const routes = fc.dictionary(key, fc.integer({ min: 1, max: 3 }), { minKeys: 1, maxKeys: 5 })
    const met = fc.subarray(['scope1', 'scope2', 'scope3'])
    let written = 0
    fc.assert(
      fc.property(routes, met, (given, scopes) => {
        let table: RouteTable
        try {
          table = tableOf(given)
        } catch {
          return
        }
        written += 1
        const isAllowedBy = allowing(documentOf(table, (scope) => scopes.includes(scope)))
        for (const request of requests()) {
          const route = routedTo(Object.keys(given), request)
          const isGranted = route !== undefined && scopes.includes(`scope${given[route] as number}`)
          const isAllowed = isAllowedBy(`${ARN}/${request}`)
          if (route !== undefined) expect([route, request, isAllowed]).toStrictEqual([route, request, isGranted])
        }
      }),
      { numRuns: 500 },
    )
    expect(written).toBeGreaterThan(100)
  })

  it('opens nothing that any route is for and nobody granted, and all where all is, with routes for the rest of a path', () => {
    const path = fc.tuple(
      fc.array(fc.constantFrom('a', 'b', '{x}'), { maxLength: 3 }),
      fc.constantFrom('a', '{x}', '{p+}'),
    )
    const key = fc.oneof(
      { weight: 1, arbitrary: fc.constant('$default') },
      {
        weight: 9,
        arbitrary: fc
          .tuple(fc.constantFrom('GET', 'ANY', 'DELETE'), path)
          .map(([method, [parts, last]]) => `${method} /${[...parts, last].join('/')}`),
      },
    )
    const routes = fc.dictionary(key, fc.integer({ min: 1, max: 3 }), { minKeys: 1, maxKeys: 5 })
    const met = fc.subarray(['scope1', 'scope2', 'scope3'])
    let written = 0
    fc.assert(
      fc.property(routes, met, fc.boolean(), (given, scopes, wholeFirst) => {
        let table: RouteTable
        try {
          table = tableOf(given)
        } catch {
          return
        }
        written += 1
        const isAllowed = allowing(documentOf(table, (scope) => scopes.includes(scope)))
        for (const request of [...requests(), 'GET/', 'DELETE/a/', 'GET/a//b', 'GET/a/b/c/a/b', 'DELETE/c/a/a/b/c']) {
          const route = routedTo(Object.keys(given), request, wholeFirst)
          if (route === undefined) continue
          const isGranted = scopes.includes(`scope${given[route] as number}`)
          const isOpen = isAllowed(`${ARN}/${request}`)
          if (!isGranted) expect([route, request, isOpen]).toStrictEqual([route, request, false])
          if (scopes.length === 3) expect([route, request, isOpen]).toStrictEqual([route, request, true])
        }
      }),
      { numRuns: 2_000 },
    )
    expect(written).toBeGreaterThan(300)
  })
})

/** Every request of up to four short segments. */
function requests(): readonly string[] {
  const deeper = (paths: readonly string[]) => paths.flatMap((path) => ['a', 'b', 'c'].map((part) => `${path}/${part}`))
  const one = deeper(['GET', 'DELETE'])
  const two = deeper(one)
  const three = deeper(two)
  return [...one, ...two, ...three, ...deeper(three)]
}

/**
 * The route API Gateway takes: text before parameters from the left, a route for the rest after those, a method of its own
 * before any. With `wholeFirst`, as in HTTP APIs, a route that fits as a whole comes before all that take the rest.
 */
function routedTo(keys: readonly string[], request: string, wholeFirst = false): string | undefined {
  const [method = '', ...segments] = request.split('/')
  const valueOf = (part: string, at: number) => segments.slice(at, part.endsWith('+}') ? undefined : at + 1).join('/')
  const fits = keys.filter((key) => {
    if (key === '$default') return true
    const [own = '', parts] = partsOf(key)
    const takesRest = key.endsWith('+}')
    return (
      (own === method || own === 'ANY') &&
      (takesRest ? parts.length <= segments.length : parts.length === segments.length) &&
      parts.every((part, at) => (part.startsWith('{') ? valueOf(part, at) !== '' : part === segments[at]))
    )
  })
  const rank = (key: string) => {
    if (key === '$default') return '9'
    const [own, parts] = partsOf(key)
    const kinds = parts.map((part) => (part.endsWith('+}') ? '2' : part.startsWith('{') ? '1' : '0'))
    return [wholeFirst && key.endsWith('+}') ? '1' : '0', ...kinds, own === 'ANY' ? '4' : '3'].join('')
  }
  return fits.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1))[0]
}

function partsOf(key: string): readonly [method: string, parts: readonly string[]] {
  const [method = '', path = ''] = key.split(' ')
  return [method, path.slice(1).split('/')]
}
