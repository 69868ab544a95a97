import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { makeRow, type Measured, type Row } from '../rows/row.ts'

/** A verifier of JWTs for an edge runtime, as small as each can be written. */
const SOURCES = {
  Tokenward: `import { authorizationServer, createResourceServer } from '@tokenward/core'
    export const verify = (issuer, audience, jwks, token) =>
      createResourceServer({ issuers: [authorizationServer({ issuer, audience, jwks })] }).verify(token)`,
  jose: `import { createRemoteJWKSet, jwtVerify } from 'jose'
    export const verify = (issuer, audience, jwks, token) =>
      jwtVerify(token, createRemoteJWKSet(new URL(jwks)), { issuer, audience })`,
  'aws-jwt-verify': `import { JwtVerifier } from 'aws-jwt-verify'
    export const verify = (issuer, audience, jwksUri, token) =>
      JwtVerifier.create({ issuer, audience, jwksUri }).verify(token)`,
  oauth4webapi: `import { validateJwtAccessToken } from 'oauth4webapi'
    export const verify = (issuer, audience, jwks_uri, request) =>
      validateJwtAccessToken({ issuer, jwks_uri }, request, audience)`,
  hono: `import { verifyWithJwks } from 'hono/jwt'
    export const verify = (iss, aud, jwks_uri, token) =>
      verifyWithJwks(token, { jwks_uri, verification: { iss, aud }, allowedAlgorithms: ['RS256'] })`,
} as const

const BUYS =
  'one server for everything: policies, challenges, events, introspection, revocation, sign-out, decision points and open ' +
  'connections are methods of what is made here, so that no bundler can leave them out'

/** Minified and compressed, with the conditions of workerd. The same each time. */
export async function bundleRow(): Promise<Row> {
  const sizes: Record<string, Measured> = {}
  for (const [name, contents] of Object.entries(SOURCES)) {
    try {
      const bytes = await bundledSize(contents)
      sizes[name] = Array.from({ length: 7 }, () => bytes / 1_000)
    } catch (error) {
      sizes[name] = { missing: String(error) }
    }
  }
  const { Tokenward: ours, ...peers } = sizes as Record<keyof typeof SOURCES, Measured>
  return makeRow({
    row: 'edge bundle, local JWT only, minified + gzip',
    group: 'start',
    unit: 'kB',
    ours,
    peers,
    checksLess: Object.fromEntries(Object.keys(peers).map((name) => [name, 'checks less, see RS256; no policies'])),
    target: 7,
    note: `What the difference buys: ${BUYS}.`,
  })
}

async function bundledSize(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('.', import.meta.url).pathname },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'silent',
    tsconfigRaw: {},
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}
