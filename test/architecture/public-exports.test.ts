import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/source-files.js'

const entries = {
  '@tokenward/cedar': 'packages/cedar/src/index.ts',
  '@tokenward/cedar/verified-permissions': 'packages/cedar/src/verified-permissions/index.ts',
  '@tokenward/core': 'packages/core/src/index.ts',
  '@tokenward/core/aws': 'packages/core/src/requests/aws.ts',
  '@tokenward/core/cognito': 'packages/core/src/cognito/index.ts',
  '@tokenward/core/errors': 'packages/core/src/errors.ts',
  '@tokenward/core/node': 'packages/core/src/requests/node.ts',
  '@tokenward/core/testing': 'packages/core/src/testing/index.ts',
  '@tokenward/lambda': 'packages/lambda/src/index.ts',
  '@tokenward/lambda/testing': 'packages/lambda/src/testing.ts',
  '@tokenward/lambda/wiring': 'packages/lambda/src/wiring/index.ts',
  '@tokenward/lambda/wiring/cdk': 'packages/lambda/src/wiring/cdk.ts',
  '@tokenward/nestjs': 'packages/nestjs/src/index.ts',
  '@tokenward/nestjs/swagger': 'packages/nestjs/src/swagger.ts',
  '@tokenward/nestjs/testing': 'packages/nestjs/src/testing.ts',
  '@tokenward/trpc': 'packages/trpc/src/index.ts',
  '@tokenward/trpc/client': 'packages/trpc/src/client.ts',
  '@tokenward/trpc/testing': 'packages/trpc/src/testing.ts',
  '@tokenward/nextjs': 'packages/nextjs/src/index.ts',
  '@tokenward/nextjs/proxy': 'packages/nextjs/src/proxy.ts',
  '@tokenward/nextjs/testing': 'packages/nextjs/src/testing.ts',
  '@tokenward/testkit': 'packages/testkit/src/index.ts',
  '@tokenward/testkit/jest': 'packages/testkit/src/jest.ts',
  '@tokenward/testkit/msw': 'packages/testkit/src/msw.ts',
  '@tokenward/testkit/node-test': 'packages/testkit/src/node-test.ts',
  '@tokenward/testkit/vitest': 'packages/testkit/src/vitest.ts',
  '@tokenward/testkit/verified-permissions': 'packages/testkit/src/verified-permissions/index.ts',
  '@tokenward/testkit/conformance': 'packages/testkit/src/conformance/index.ts',
}

/** Every name an entry exports, values and types alike. */
function exportedNames(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8')
  expect(text, `${path} must list its exports`).not.toMatch(/^export \*/m)
  const listed = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type, names]) =>
    (names as string)
      .split(',')
      .map((name) => `${type ?? ''}${name.trim()}`)
      .filter((name) => name !== (type ?? '')),
  )
  const declared = [...text.matchAll(/^export (interface|function|const|class) (\w+)/gm)].map(([, kind, name]) =>
    kind === 'interface' ? `type ${name}` : (name as string),
  )
  return [...listed, ...declared].toSorted()
}

it.each(Object.entries(entries))('%s exports what its snapshot lists', (_, path) => {
  expect(exportedNames(path)).toMatchSnapshot()
})

it.each(Object.entries(entries))('%s exports the values its snapshot lists when it is imported', async (name) => {
  const values = Object.keys(await import(name)).toSorted()
  const listed = exportedNames(entries[name as keyof typeof entries]).filter(
    (exported) => !exported.startsWith('type '),
  )
  expect(values).toStrictEqual(listed)
})

it.each([
  ['@tokenward/nestjs', ['node']],
  ['@tokenward/nextjs', ['node']],
  ['@tokenward/trpc', ['node', 'aws']],
  ['@tokenward/lambda', ['aws']],
] as const)('an application that installs %s has a name for everything of core', (adapter, requests) => {
  const others = requests.map((name) => `@tokenward/core/${name}` as const)
  const ofCore = (['@tokenward/core', '@tokenward/core/cognito', ...others] as const).flatMap((entry) =>
    exportedNames(entries[entry]),
  )
  expect(exportedNames(entries[adapter])).toEqual(expect.arrayContaining(ofCore))
})
