import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { codeBlocks, documentAt, writeCode } from '../support/documents.js'
import { root } from '../support/source-files.js'

/** The documents with code, each with the package in whose place it is compiled. */
const homes: Record<string, string> = {
  'README.md': 'packages/nestjs',
  'packages/cedar/README.md': 'packages/cedar',
  'packages/core/README.md': 'packages/core',
  'packages/lambda/README.md': 'packages/lambda',
  'packages/nestjs/README.md': 'packages/nestjs-e2e',
  'packages/testkit/README.md': 'packages/testkit',
  'packages/trpc/README.md': 'packages/trpc',
  'docs/migrating/nestjs.md': 'packages/nestjs-e2e',
  'docs/partners.md': 'packages/core',
}

/** As strict as a careful user's project, and with what Nest needs. */
function tsconfig(packageFolder: string): string {
  const up = '../../../..'
  const source = (path: string) => [`${up}/packages/${path}`]
  return JSON.stringify({
    extends: `${up}/${packageFolder}/tsconfig.json`,
    compilerOptions: {
      rootDir: up,
      lib: ['es2023'],
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      erasableSyntaxOnly: false,
      paths: {
        '#signature': source('core/src/keys/signature.port.ts'),
        '#http-client': source('core/src/transport/http-client.port.ts'),
        '@tokenward/cedar': source('cedar/src/index.ts'),
        '@tokenward/cedar/*': source('cedar/src/*/index.ts'),
        '@tokenward/core': source('core/src/index.ts'),
        '@tokenward/core/*': source('core/src/*/index.ts'),
        '@tokenward/core/aws': source('core/src/requests/aws.ts'),
        '@tokenward/core/errors': source('core/src/errors.ts'),
        '@tokenward/core/node': source('core/src/requests/node.ts'),
        '@tokenward/lambda': source('lambda/src/index.ts'),
        '@tokenward/lambda/testing': source('lambda/src/testing.ts'),
        '@tokenward/lambda/wiring': source('lambda/src/wiring/index.ts'),
        '@tokenward/nestjs': source('nestjs/src/index.ts'),
        '@tokenward/nestjs/swagger': source('nestjs/src/swagger.ts'),
        '@tokenward/nestjs/testing': source('nestjs/src/testing.ts'),
        '@tokenward/trpc': source('trpc/src/index.ts'),
        '@tokenward/trpc/*': source('trpc/src/*.ts'),
        '@tokenward/testkit': source('testkit/src/index.ts'),
        '@tokenward/testkit/*': source('testkit/src/*.ts'),
        '@tokenward/testkit/conformance': source('testkit/src/conformance/index.ts'),
        '@tokenward/testkit/verified-permissions': source('testkit/src/verified-permissions/index.ts'),
      },
      // Tests that suit several runners leave the import of the runner out.
      ...(packageFolder === 'packages/testkit' && { types: ['node', 'expect', 'vitest/globals'] }),
    },
    include: ['./*.ts'],
  })
}

async function compile(packageFolder: string, folder: string, blocks: readonly string[]): Promise<string> {
  const files = Object.fromEntries(blocks.map((block, index) => [`block-${index + 1}.ts`, block]))
  const at = writeCode(packageFolder, folder, { ...files, 'tsconfig.json': tsconfig(packageFolder) })
  return promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', at('tsconfig.json')]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
}

describe('code', () => {
  it.each(Object.entries(homes))('in %s compiles', async (path, packageFolder) => {
    const blocks = codeBlocks(documentAt(path))
    expect(blocks.length).toBeGreaterThan(0)
    expect(await compile(packageFolder, `readme-${path.replaceAll(/\W/g, '-')}`, blocks)).toBe('')
  })

  it('that does not compile is found', async () => {
    const wrong = "import { createResourceServer } from '@tokenward/core'\ncreateResourceServer({ issuer: [] })\n"
    expect(await compile('packages/core', 'wrong', [wrong])).toContain('error TS')
  })
})
