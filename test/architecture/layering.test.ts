import { describe, expect, it } from 'vitest'
import { importsOf, isInternal, type SourceFile, sourceFiles, targetOf } from '../support/source-files.js'

const CORE = 'packages/core/src/'

/** From the ground up. A file imports its own floor and those below, types included. */
const floors = [
  'vocabulary',
  'outcomes',
  'transport',
  'keys',
  'tokens',
  'sender-constraints',
  'revocation',
  'issuers',
  'strategy',
  'resource-server',
]

/** Edges stand beside the floors: they import them, and nothing imports an edge. */
const edges: Record<string, readonly string[]> = {
  cognito: ['vocabulary', 'outcomes', 'transport', 'keys', 'tokens', 'revocation', 'issuers'],
  requests: ['vocabulary', 'outcomes', 'sender-constraints'],
  testing: ['vocabulary', 'outcomes', 'transport', 'tokens', 'strategy', 'resource-server'],
}

const core = sourceFiles('packages/core/src')
const placeOf = (path: string) => path.slice(CORE.length).split('/')[0] as string

function allowed(file: SourceFile, target: string): boolean {
  const [from, to] = [placeOf(file.path), placeOf(target)]
  if (from.endsWith('.ts')) return true // an entry: index.ts, errors.ts
  const below = edges[from] ?? floors.slice(0, floors.indexOf(from) + 1)
  return to === from || below.includes(to)
}

describe('core', () => {
  it('has floors, edges and entries, and nothing else', () => {
    const places = new Set(core.map(({ path }) => placeOf(path)))
    expect([...places].toSorted()).toStrictEqual([...floors, ...Object.keys(edges), 'errors.ts', 'index.ts'].toSorted())
  })

  it('imports downwards only', () => {
    const upward = core.flatMap((file) =>
      file.imports
        .filter((specifier) => isInternal(specifier) && !allowed(file, targetOf(file, specifier)))
        .map((specifier) => `${file.path} imports ${specifier}`),
    )
    expect(upward).toStrictEqual([])
  })

  it('imports nothing from outside; modules of Node only where the name of the file says so', () => {
    const outside = core.flatMap((file) =>
      file.imports
        .filter((specifier) => !isInternal(specifier))
        .filter((specifier) => !(specifier.startsWith('node:') && file.path.endsWith('.node.ts')))
        .map((specifier) => `${file.path} imports ${specifier}`),
    )
    expect(outside).toStrictEqual([])
  })

  it('keeps sockets, timers and time on the transport floor', () => {
    const inTransport = (path: string) => placeOf(path) === 'transport'
    const uses = core
      .filter(({ path }) => !inTransport(path))
      .filter(({ text }) =>
        /\b(?:setTimeout|setInterval|Date\.now|performance\.now|new Date\(\)|globalThis\.fetch)\b/.test(text),
      )
    expect(uses.map(({ path }) => path)).toStrictEqual([])
  })
})

describe.each([
  'packages/core/src',
  'packages/testkit/src',
  'packages/nestjs/src',
  'packages/cedar/src',
  'packages/nextjs/src',
  'packages/trpc/src',
  'packages/lambda/src',
  'packages/bench/src',
  'packages/runtimes/src',
  'apps/nestjs-api/src',
  'apps/trpc-api/src',
  'apps/lambda-http-api/src',
  'apps/mtls-partner-api/src',
  'apps/lab/src',
])('%s', (folder) => {
  const files = sourceFiles(folder)

  it('has no import cycle, types included', () => {
    const graph = new Map(
      files.map((file) => [file.path, file.imports.filter(isInternal).map((specifier) => targetOf(file, specifier))]),
    )
    expect(findCycle(graph)).toBeUndefined()
  })

  it('imports files that exist', () => {
    const paths = new Set(files.map(({ path }) => path))
    for (const file of files) {
      for (const specifier of file.imports.filter(isInternal)) {
        expect(paths.has(targetOf(file, specifier)), `${file.path} imports ${specifier}`).toBe(true)
      }
    }
  })

  it('switches no lint rule or type check off', () => {
    const switched = files.filter(({ text }) =>
      /(?:oxlint|eslint|biome|oxfmt)-|@ts-(?:ignore|expect-error|nocheck)/.test(text),
    )
    expect(switched.map(({ path }) => path)).toStrictEqual([])
  })

  it('names its files in kebab-case and after what is in them', () => {
    for (const { path } of files) {
      const name = path.split('/').at(-1) as string
      expect(name).toMatch(/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.ts$/)
      expect(name).not.toMatch(/^(?:utils?|helpers?|common|types|misc|shared)\.ts$/)
    }
  })

  it('keeps its files small: 100 lines in the median, 250 in nine of ten, 400 at most', () => {
    const lengths = files.map(({ text }) => text.split('\n').length).toSorted((a, b) => a - b)
    const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] as number
    expect(at(0.5)).toBeLessThanOrEqual(100)
    expect(at(0.9)).toBeLessThanOrEqual(250)
    expect(at(1)).toBeLessThanOrEqual(400)
  })
})

describe('the packages', () => {
  /** What each may import at run time, apart from its own files. */
  const arrows: Record<string, RegExp> = {
    'packages/testkit/src':
      /^(?:node:|(?:msw(?:\/node)?|@peculiar\/x509|reflect-metadata|@cedar-policy\/cedar-wasm\/nodejs)$)/,
    'packages/cedar/src':
      /^(?:@tokenward\/core(?:\/errors)?|node:(?:fs|module|path|url|util|readline\/promises)|@aws-sdk\/client-verifiedpermissions)$/,
    'packages/nestjs/src':
      /^(?:@tokenward\/core(?:\/(?:cognito|node|errors|testing))?|@nestjs\/(?:common|core|websockets|microservices|swagger|testing)|graphql|reflect-metadata|rxjs(?:\/operators)?|node:(?:async_hooks|module))$/,
    'packages/nextjs/src':
      /^(?:@tokenward\/core(?:\/(?:cognito|node|testing))?|next(?:\/(?:headers|server|dist\/.*|experimental\/testing\/server)\.js)?|node:async_hooks)$/,
    'apps/nextjs-app/src': /^(?:@tokenward\/nextjs|next(?:\/\w+)?|react|node:crypto)$/,
    'packages/trpc/src':
      /^(?:@tokenward\/core(?:\/(?:aws|cognito|node|errors|testing))?|@trpc\/client|@trpc\/server(?:\/(?:http|observable|rpc))?)$/,
    'packages/lambda/src':
      /^(?:@tokenward\/core(?:\/(?:aws|cognito|testing))?|aws-cdk-lib(?:\/aws-(?:apigatewayv2(?:-authorizers)?|lambda))?|constructs|node:(?:crypto|fs\/promises))$/,
    'packages/bench/src':
      /^(?:@tokenward\/(?:cedar|core|nestjs|testkit)|@cedar-policy\/cedar-wasm\/nodejs|@nestjs\/(?:common|core|platform-fastify)|reflect-metadata|oauth4webapi|jose|aws-jwt-verify(?:\/jwk)?|express-oauth2-jwt-bearer|fast-jwt|get-jwks|hono(?:\/jwt)?|jsonwebtoken|jwks-rsa|esbuild|echarts\/\w+|node:.*)$/,
    'packages/runtimes/src':
      /^(?:vitest\/(?:internal\/browser|runtime)|esbuild|miniflare|test-files|cloudflare:node|node:.*)$/,
    'apps/nestjs-api/src':
      /^(?:@tokenward\/(?:cedar|nestjs(?:\/swagger)?|testkit)|@nestjs\/(?:common|core|apollo|graphql|platform-ws|swagger|websockets)|reflect-metadata|node:.*)$/,
    'apps/trpc-api/src':
      /^(?:@tokenward\/(?:trpc(?:\/client)?|testkit)|@trpc\/(?:client|server(?:\/adapters\/standalone)?)|eventsource|zod|node:.*)$/,
    'apps/lambda-http-api/src':
      /^(?:@tokenward\/(?:cedar\/verified-permissions|lambda(?:\/wiring)?|testkit(?:\/verified-permissions)?)|@aws-sdk\/client-verifiedpermissions|aws-lambda|node:.*)$/,
    'apps/mtls-partner-api/src': /^(?:@tokenward\/(?:core(?:\/(?:cognito|node))?|testkit)|node:.*)$/,
    'apps/lab/src': /^(?:@tokenward\/(?:core(?:\/(?:cognito|node))?|testkit)|oidc-provider|echarts\/\w+|node:.*)$/,
  }

  it.each(Object.entries(arrows))('%s imports only what its arrow allows', (folder, arrow) => {
    for (const file of sourceFiles(folder)) {
      for (const specifier of file.imports.filter((name) => !isInternal(name))) {
        expect(specifier, file.path).toMatch(arrow)
      }
    }
  })
})

describe('an adapter', () => {
  it.each(['nestjs', 'nextjs', 'trpc'])('for %s holds no timer: what is open is watched by core', (name) => {
    const uses = sourceFiles(`packages/${name}/src`).filter(({ text }) => /\bset(?:Timeout|Interval)\b/.test(text))
    expect(uses.map(({ path }) => path)).toStrictEqual([])
  })

  it('for tRPC loads the client of tRPC in one entry alone, and there for its types', () => {
    const users = sourceFiles('packages/trpc/src').filter(({ imports }) => imports.includes('@trpc/client'))
    expect(users.map(({ path }) => path)).toStrictEqual(['packages/trpc/src/auth-link.ts'])
    expect(users[0]?.text).toContain("import type { Operation, TRPCClientError, TRPCLink } from '@trpc/client'")
  })
})

describe('the NestJS package', () => {
  it('loads packages of single transports where such a handler runs, and not before', () => {
    const eager = sourceFiles('packages/nestjs/src')
      .filter(({ path }) => !/src\/(?:swagger|testing)(?:\/|\.ts$)/.test(path))
      .filter(({ text }) => /^import (?!type\b).*'(?:graphql|@nestjs\/(?!common'|core').*)'$/m.test(text))
    expect(eager.map(({ path }) => path)).toStrictEqual([])
  })
})

describe('this test', () => {
  it('sees every form of import', () => {
    const text = `
      import a from './a.js'
      import type { B } from "./b.js"
      import './c.js'
      export * from './d.js'
      const e = await import('./e.js')
      import {
        F,
      } from './f.js'
      // import './not-this.js'
      /* import './nor-this.js' */`
    expect(importsOf(text)).toStrictEqual(['./a.js', './b.js', './c.js', './d.js', './e.js', './f.js'])
  })

  it('finds a cycle, and an upward import', () => {
    expect(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
    ).toStrictEqual(['a', 'b', 'c', 'a'])
    const file = { path: `${CORE}vocabulary/x.ts`, text: '', imports: [] }
    expect(allowed(file, `${CORE}outcomes/y.ts`)).toBe(false)
    expect(allowed(file, `${CORE}cognito/y.ts`)).toBe(false)
    expect(allowed({ ...file, path: `${CORE}strategy/x.ts` }, `${CORE}tokens/y.ts`)).toBe(true)
  })
})

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>()
  const visit = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (finished.has(node)) return undefined
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node])
      if (cycle !== undefined) return cycle
    }
    finished.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const cycle = visit(node, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
