import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { privateKeysIn, privateKeysInTarball } from '../../scripts/private-keys.ts'
import { root } from '../support/source-files.js'

const { privateKey: rsa, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { privateKey: ed25519 } = generateKeyPairSync('ed25519')

const pem = rsa.export({ format: 'pem', type: 'pkcs8' }) as string
const [first = '', ...rest] = pem.trimEnd().split('\n')
const jwk = JSON.stringify(ec.export({ format: 'jwk' }))
const base64 = ec.export({ format: 'der', type: 'pkcs8' }).toString('base64')
const { d } = ec.export({ format: 'jwk' })

/** As they could be written down in a built file. */
const planted: readonly (readonly [string, string, string])[] = [
  ['PEM in a template', `const key = \`${pem}\``, 'PEM'],
  ['PEM in text', `var key=${JSON.stringify(pem)};`, 'PEM'],
  ['PEM in JSON in text', `var set=${JSON.stringify(JSON.stringify({ key: pem }))};`, 'PEM'],
  ['PEM of a curve', `x=${JSON.stringify(ec.export({ format: 'pem', type: 'sec1' }))}`, 'PEM'],
  [
    'PEM line by line',
    `const key = [\n${[first, ...rest].map((line) => `  '${line}',`).join('\n')}\n].join('\\n')`,
    'PEM',
  ],
  ['PEM that is added', `const key = '-----BEGIN ' + 'PRIVATE KEY-----\\n' + '${rest.join("\\n' +\n  '")}'`, 'PEM'],
  ['PEM with escapes of another kind', String.raw`k="\x2d\u002d\u{2d}--BEGIN RSA PRIVATE KEY-----\nMII"`, 'PEM'],
  ['PEM that is encrypted', "'-----BEGIN ENCRYPTED PRIVATE KEY-----\\nMII'", 'PEM'],
  ['JWK as JSON', jwk, 'JWK'],
  ['JWK in text', `parse(${JSON.stringify(jwk)})`, 'JWK'],
  ['JWK as an object', `const key = { kty: 'EC', d: '${d}' }`, 'JWK'],
  ['JWK of RSA, minified', `a={kty:"RSA",d:"${rsa.export({ format: 'jwk' }).d}"}`, 'JWK'],
  ['JWK member by member', `key.d = "${d}"; key["d"] = "${d}"`, 'JWK'],
  ['base64 alone', `const der = Buffer.from('${base64}', 'base64')`, 'DER'],
  ['base64url alone', `const der = '${ec.export({ format: 'der', type: 'sec1' }).toString('base64url')}'`, 'DER'],
  ['base64 in lines', `const der = \`\n${rest.slice(0, -1).join('\n')}\n\``, 'DER'],
  ['base64 in pieces', `const der = '${base64.slice(0, 50)}' +\n  "${base64.slice(50)}"`, 'DER'],
  ['the shortest', `'${ed25519.export({ format: 'der', type: 'pkcs8' }).toString('base64')}'`, 'DER'],
  ['hex', `'${rsa.export({ format: 'der', type: 'pkcs1' }).toString('hex')}'`, 'DER'],
]

/** What is none, though it looks like one from afar. */
const harmless: readonly (readonly [string, string])[] = [
  ['a public key', JSON.stringify(publicKey.export({ format: 'pem', type: 'spki' }))],
  ['a public JWK', JSON.stringify(publicKey.export({ format: 'jwk' }))],
  ['a public key in base64', publicKey.export({ format: 'der', type: 'spki' }).toString('base64')],
  ['code that makes one', "key.export({ format: 'pem', type: 'pkcs8' })"],
  [
    'code that writes one',
    "return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\\n')",
  ],
  ['a short d', "const path = { d: 'M0 0h24v24H0z' }"],
]

describe('a private key is found', () => {
  it.each(planted)('as %s', (_, text, form) => {
    const forms = privateKeysIn('dist/index.js', `"use strict";\n${text}\nexport {};\n`)
    expect(forms).toContainEqual({ file: 'dist/index.js', form })
  })

  it.each(harmless)('but not in %s', (_, text) => {
    expect(privateKeysIn('dist/index.js', text)).toStrictEqual([])
  })

  it('in a tarball, by the name of the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenward-planted-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const files = { 'index.js': 'export const a = 1\n', 'fixtures.js': `export const k = ${JSON.stringify(pem)}\n` }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const pack = async (...names: readonly string[]) => {
      await promisify(execFile)('tar', ['-czf', 'packed.tgz', ...names], { cwd: folder })
      return readFileSync(join(folder, 'packed.tgz'))
    }
    expect(privateKeysInTarball(await pack('index.js', 'fixtures.js'))).toStrictEqual([
      { file: 'fixtures.js', form: 'PEM' },
    ])
    expect(privateKeysInTarball(await pack('index.js'))).toStrictEqual([])
  })
})

// What is built and packed is searched by `npm test`.
it('no source of a published package holds one', () => {
  const folders = readdirSync(join(root, 'packages'))
  const manifestOf = (name: string) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  const sources = folders
    .filter((name) => manifestOf(name).private !== true)
    .flatMap((name) => {
      const src = join('packages', name, 'src')
      return readdirSync(join(root, src), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.[a-z]+$/.test(file))
        .map((file) => join(src, file))
    })
  expect(sources.length).toBeGreaterThan(200)
  expect(sources.flatMap((file) => privateKeysIn(file, readFileSync(join(root, file), 'utf8')))).toStrictEqual([])
})
