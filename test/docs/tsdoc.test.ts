import { describe, expect, it } from 'vitest'
import { unexplainedMembersOf } from '../support/public-members.js'
import { type SourceFile, sourceFiles, targetOf } from '../support/source-files.js'

const entries = [
  'packages/core/src/index.ts',
  'packages/core/src/cognito/index.ts',
  'packages/core/src/requests/aws.ts',
  'packages/core/src/requests/node.ts',
  'packages/lambda/src/index.ts',
  'packages/lambda/src/testing.ts',
  'packages/lambda/src/wiring/index.ts',
  'packages/lambda/src/wiring/cdk.ts',
  'packages/nestjs/src/index.ts',
  'packages/nestjs/src/swagger.ts',
  'packages/nestjs/src/testing.ts',
  'packages/nextjs/src/index.ts',
  'packages/nextjs/src/proxy.ts',
  'packages/nextjs/src/testing.ts',
  'packages/trpc/src/index.ts',
  'packages/trpc/src/client.ts',
  'packages/trpc/src/testing.ts',
  'packages/testkit/src/index.ts',
  'packages/testkit/src/jest.ts',
  'packages/testkit/src/msw.ts',
  'packages/testkit/src/node-test.ts',
  'packages/testkit/src/vitest.ts',
  'packages/testkit/src/conformance/index.ts',
]
const files = ['core', 'lambda', 'nestjs', 'nextjs', 'trpc', 'testkit'].flatMap((name) =>
  sourceFiles(`packages/${name}/src`),
)
const fileAt = (path: string) => files.find((file) => file.path === path) as SourceFile

/** Every name that an entry exports from a file of its package, with that file. */
const exported = entries.flatMap((entry) => {
  const file = fileAt(entry)
  const listed = [...file.text.matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']*)'/gm)]
  const names = listed.flatMap(([, list, specifier]) =>
    (list as string)
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => [name, targetOf(file, specifier as string)] as const),
  )
  const declared = [...file.text.matchAll(/^export (?:interface|function) (\w+)/gm)]
  return [...names, ...declared.map(([, name]) => [name as string, entry] as const)]
})

describe('every public name', () => {
  it.each(exported)('%s is explained where it is declared, and so are its members', (name, path) => {
    const lines = fileAt(path).text.split('\n')
    const declaration = new RegExp(
      `^export (?:abstract |async )*(?:interface|function|class|const|type) ${name}\\b(.*)`,
    )
    const at = lines.findIndex((line) => declaration.test(line))
    expect(at, `${name} in ${path}`).toBeGreaterThan(0)
    const before = lines
      .slice(0, at)
      .findLast((line) => (!line.startsWith('@') && !/^(?:[ })\]]|$)/.test(line)) || line.endsWith('*/'))
    expect(before, `the line before ${name}`).toMatch(/\*\/$/)
    if (lines[at]?.startsWith('export interface ')) expect(unexplainedMembersOf(path, name)).toStrictEqual([])
  })
})
