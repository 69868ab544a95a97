import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { groups } from '../../packages/bench/src/groups.ts'
import {
  chartsOf,
  withAllSections,
  withCedarSection,
  withCoreSection,
  withTestkitSection,
} from '../../packages/bench/src/report/documents.ts'
import { notesOf } from '../../packages/bench/src/report/tables.ts'
import type { Results } from '../../packages/bench/src/results.ts'
import { makeRow } from '../../packages/bench/src/rows/row.ts'
import { documentAt } from '../support/documents.js'
import { root } from '../support/source-files.js'

const results = JSON.parse(readFileSync(join(root, 'packages/bench/results.json'), 'utf8')) as Results

describe('the figures that `npm run bench` wrote', () => {
  it.each([
    ['packages/cedar/README.md', withCedarSection],
    ['packages/core/README.md', withCoreSection],
    ['packages/testkit/README.md', withTestkitSection],
    ['docs/benchmarks/README.md', withAllSections],
  ])('stand in %s as they were measured', (path, withSection) => {
    const { text } = documentAt(path)
    expect(text).toBe(withSection(text, results))
  })

  it('stand in the pictures as they were measured', () => {
    const charts = chartsOf(results)
    const drawn = readdirSync(join(root, 'docs/benchmarks')).filter((file) => file.endsWith('.svg'))
    expect(drawn.toSorted()).toStrictEqual([...charts.keys()].toSorted())
    for (const [name, svg] of charts) {
      expect(readFileSync(join(root, 'docs/benchmarks', name), 'utf8') === svg, name).toBe(true)
    }
  })

  it('are of every group, and of at least seven rounds wherever something is promised', () => {
    expect(new Set(results.rows.map(({ group }) => group))).toStrictEqual(new Set(Object.keys(groups)))
    for (const { row, target, rounds, ours } of results.rows) {
      expect(ours, row).not.toBeNull()
      if (target !== null) expect(rounds, row).toBeGreaterThanOrEqual(7)
    }
  })

  it.each([
    [
      'RS256, 10,000 distinct tokens',
      ['jose', 'aws-jwt-verify', 'fast-jwt', 'get-jwks', 'jsonwebtoken', 'jwks-rsa', 'express-', 'oauth4', 'hono'],
    ],
    ['ES256, distinct tokens', ['jose', 'aws-jwt-verify', 'fast-jwt', 'jsonwebtoken', 'express-', 'oauth4', 'hono']],
    ['EdDSA, distinct tokens', ['jose', 'aws-jwt-verify', 'fast-jwt', 'express-', 'oauth4', 'hono']],
    ['a repeated token, 100 hot', ['fast-jwt']],
    ['a repeated token, 5,000 hot', ['fast-jwt']],
    ['memory per remembered token, at 100,000', ['fast-jwt']],
    ['import and first verification above bare Node, ESM', ['jose', 'aws-jwt-verify', 'fast-jwt', 'oauth4', 'hono']],
    ['import and first verification above bare Node, CJS', ['aws-jwt-verify', 'fast-jwt', 'jsonwebtoken']],
    ['edge bundle, local JWT only, minified + gzip', ['jose', 'aws-jwt-verify', 'oauth4', 'hono']],
    ['1,000 concurrent cold requests: fetches', ['jose', 'aws-jwt-verify', 'get-jwks', 'jwks-rsa', 'express-', 'hono']],
    ['1,000 random kids: fetches', ['jose', 'aws-jwt-verify', 'get-jwks', 'jwks-rsa', 'express-', 'hono']],
    ['valid tokens refused in a rotation', ['jose', 'aws-jwt-verify', 'get-jwks', 'jwks-rsa', 'express-', 'hono']],
    ['a new key after a kid flood: until accepted', ['jose', 'aws-jwt-verify', 'get-jwks', 'jwks-rsa', 'hono']],
    ['valid tokens refused, endpoint down 30 s past refresh age', ['jose', 'aws-jwt-verify', 'jwks-rsa', 'fallback']],
    ['fetches meanwhile', ['jose', 'aws-jwt-verify', 'jwks-rsa', 'fallback']],
    ['withdrawn key still accepted after maxAge', ['jose', 'aws-jwt-verify', 'jwks-rsa', 'hono']],
    ['p50 while JWKS answers in 4 s', ['jose', 'aws-jwt-verify', 'jwks-rsa', 'hono']],
    ['whole request in NestJS on Fastify, CPU added: a token for the first time', ['jose', 'aws-jwt-verify']],
    ['whole request in NestJS on Fastify, CPU added: a repeated token', ['jose', 'aws-jwt-verify']],
    ['DPoP, ES256, distinct tokens', ['express-', 'oauth4']],
    ['DPoP, ES256, tokens that come again', ['express-', 'oauth4']],
    ['client certificate, seen before', []],
    ['introspection call and its checks', ['oauth4webapi']],
    ['local decision by 200 policies, p50, in one set', ['cedar-wasm']],
    ['local decision by 200 policies, p50, sliced by action', []],
    ['import and a first decision by 4 policies above bare Node', []],
    ['the first fake pool of a process', []],
    ['a fake pool for each test, where a test takes 250 ms', []],
    ['fake pools in a row, for each of which a key is made', []],
    ['1,000 tokens of a fake pool at once', []],
    ['CPU for a token that the testkit signs, all threads', ['jose']],
  ])('hold %s, beside its peers', (name, peers) => {
    const row = results.rows.find((one) => one.row === name)
    expect(row?.target).toBeTypeOf('number')
    for (const peer of peers) {
      const found = Object.entries(row?.peers ?? {}).filter(([of]) => of.includes(peer))
      expect(found.length, peer).toBeGreaterThan(0)
    }
  })

  it('are ahead of every peer, where a proof comes with the token', () => {
    const rows = results.rows.filter(({ row }) => row.startsWith('DPoP'))
    expect(rows).toHaveLength(2)
    for (const { row, ours, peers } of rows) {
      for (const peer of Object.values(peers)) expect(ours, row).toBeLessThan(peer ?? 0)
    }
    expect(notesOf(results, 'senders').join('\n')).toContain('oauth4webapi does not check: a proof that comes twice')
  })

  it('say of every peer what it does not check, as it was found out', () => {
    const { checksLess = {} } = results.rows.find(({ row }) => row.startsWith('RS256')) ?? {}
    expect(checksLess['jose']).toContain('repeated names')
    expect(notesOf(results, 'verification').join('\n')).toContain('jose does not check')
  })
})

describe('a target', () => {
  const row = { row: 'r', group: 'g', unit: 'µs', target: 3 }
  const seven = (...values: number[]) => [...values, ...Array.from({ length: 7 - values.length }, () => 2)]

  it('is met by the median of seven rounds or more', () => {
    expect(makeRow({ ...row, ours: seven(9, 9, 9) })).toMatchObject({ ours: 2, lowest: 2, highest: 9, met: true })
    expect(makeRow({ ...row, ours: seven(9, 9, 9, 9) })).toMatchObject({ ours: 9, met: false })
    expect(makeRow({ ...row, ours: Array.from({ length: 7 }, () => 3) })).toMatchObject({ met: true })
    expect(makeRow({ ...row, ours: [1, 1, 1, 1, 1, 1] })).toMatchObject({ ours: 1, met: false })
  })

  it('is not met while a peer is missing, which is said', () => {
    expect(
      makeRow({ ...row, ours: seven(), peers: { jose: seven(), hono: { missing: 'no such file' } } }),
    ).toMatchObject({ met: false, peers: { jose: 2, hono: null }, missing: { hono: 'no such file' } })
  })

  it('is not met by what is no number, or was not measured', () => {
    expect(makeRow({ ...row, ours: seven(NaN) }).met).toBe(false)
    expect(makeRow({ ...row, ours: { missing: 'it failed' } })).toMatchObject({
      ours: null,
      met: false,
      missing: { Tokenward: 'it failed' },
    })
  })

  it('is none where nothing is promised', () => {
    expect(makeRow({ ...row, target: null, ours: seven() })).toMatchObject({ target: null, met: null })
  })
})
