import { definePolicy } from '@tokenward/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentFor } from '../../src/authorizers/policy-document.js'
import { createRouteTable, type RouteTable } from '../../src/authorizers/route-table.js'
import { ARN } from '../support/events.js'
import { allows } from '../support/iam.js'

const arn = { stage: `${ARN}/`, request: 'GET/orders' }

/** A table in which each route demands something else, unless it is told which demand. */
function tableOf(routes: Readonly<Record<string, number>>): RouteTable {
  const policies = Object.fromEntries(
    Object.entries(routes).map(([key, demand]) => [key, definePolicy({ scopes: [`scope${demand}`] })]),
  )
  return createRouteTable('routes', policies, { compile: (policy) => policy, inDocuments: true })
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
      Resource: [`${ARN}/GET/orders/*/secrets`, `${ARN}/GET/orders/mine`, `${ARN}/GET/orders/*/*`],
    })
    expect(allows(document, `${ARN}/GET/orders/7`)).toBe(true)
    expect(allows(document, `${ARN}/GET/orders/7/secrets`)).toBe(false)
    expect(allows(document, `${ARN}/GET/orders/mine`)).toBe(false)
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

  it('allows a route of each method in one for any, but for those of their own', () => {
    const document = documentOf(tableOf({ 'ANY /orders': 1, 'DELETE /orders': 2 }), (scope) => scope === 'scope1')
    expect(allows(document, `${ARN}/PATCH/orders`)).toBe(true)
    expect(allows(document, `${ARN}/DELETE/orders`)).toBe(false)
    expect(allows(document, `${ARN}/GET/other/orders`)).toBe(false)
  })

  it('allows every request to a granted route and none to another, in every table that can be written', () => {
    const segment = fc.constantFrom('a', 'b', '{x}')
    const path = fc.array(segment, { minLength: 1, maxLength: 3 })
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
        const document = documentOf(table, (scope) => scopes.includes(scope))
        for (const request of requests()) {
          const route = routedTo(Object.keys(given), request)
          const isGranted = route !== undefined && scopes.includes(`scope${given[route] as number}`)
          const isAllowed = allows(document, `${ARN}/${request}`)
          if (route !== undefined) expect([route, request, isAllowed]).toStrictEqual([route, request, isGranted])
        }
      }),
      { numRuns: 500 },
    )
    expect(written).toBeGreaterThan(100)
  })
})

/** Every request of up to three short segments. */
function requests(): readonly string[] {
  const parts = ['a', 'b', 'c']
  const paths = parts.flatMap((one) => [
    one,
    ...parts.flatMap((two) => [`${one}/${two}`, ...parts.map((three) => `${one}/${two}/${three}`)]),
  ])
  return ['GET', 'DELETE'].flatMap((method) => paths.map((path) => `${method}/${path}`))
}

/** The route API Gateway takes: text before parameters from the left, a method of its own before any. */
function routedTo(keys: readonly string[], request: string): string | undefined {
  const [method = '', ...segments] = request.split('/')
  const fits = keys.filter((key) => {
    const [own = '', path = ''] = key.split(' ')
    const parts = path.slice(1).split('/')
    return (
      (own === method || own === 'ANY') &&
      parts.length === segments.length &&
      parts.every((part, at) => part.startsWith('{') || part === segments[at])
    )
  })
  const rank = (key: string) => {
    const [own = '', path = ''] = key.split(' ')
    return [
      ...path
        .slice(1)
        .split('/')
        .map((part) => (part.startsWith('{') ? '1' : '0')),
      own === 'ANY' ? '1' : '0',
    ].join('')
  }
  return fits.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1))[0]
}
