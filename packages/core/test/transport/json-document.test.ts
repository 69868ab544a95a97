import { describe, expect, it } from 'vitest'
import { createHttpClient } from '#http-client'
import { fetchJsonObject, jsonObjectOf } from '../../src/transport/json-document.js'
import { json, loopbackServer } from '../support/loopback-server.js'

const limits = { timeout: 2_000, accept: 'application/json' }

async function fetching(...answer: Parameters<typeof json>) {
  const server = await loopbackServer(json(...answer))
  return fetchJsonObject(createHttpClient(), server.url, limits)
}

describe('fetchJsonObject', () => {
  it('gives the object', async () => {
    await expect(fetching({ a: [1] })).resolves.toStrictEqual({ a: [1] })
  })

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/jwk-set+json',
    'Application/JSON',
    'application/x-amz-json-1.1',
  ])('takes %s', async (contentType) => {
    await expect(fetching({}, 200, { 'content-type': contentType })).resolves.toStrictEqual({})
  })

  it.each([
    'text/html',
    'text/plain',
    'application/octet-stream',
    'application/jsonp',
    'application/x-amz-json-2',
    'text/application/json',
    '',
  ])('refuses the content type %j', async (contentType) => {
    await expect(fetching({}, 200, { 'content-type': contentType })).rejects.toMatchObject({
      code: 'unexpected-content-type',
    })
  })

  it.each([400, 401, 404, 429, 500, 503, 201, 204])('refuses status %i', async (status) => {
    await expect(fetching(status === 204 ? '' : {}, status)).rejects.toMatchObject({
      code: 'unexpected-status',
      httpStatus: status,
    })
  })

  it.each([
    ['nothing', ''],
    ['garbage', '\u0000\u0001'],
    ['HTML', '<!doctype html><title>Sign in</title>'],
    ['an array', '[]'],
    ['a duplicate name', '{"keys":[],"keys":[]}'],
    ['a truncated object', '{"keys":['],
  ])('refuses %s', async (_, body) => {
    await expect(fetching(body)).rejects.toMatchObject({ code: 'unexpected-content' })
  })

  it('refuses bytes that are not UTF-8', async () => {
    const server = await loopbackServer((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))
    })
    await expect(fetchJsonObject(createHttpClient(), server.url, limits)).rejects.toMatchObject({
      code: 'unexpected-content',
    })
  })

  it('refuses more than half a megabyte', async () => {
    await expect(fetching({ a: 'x'.repeat(600 * 1024) })).rejects.toMatchObject({ code: 'too-large' })
  })
})

describe('jsonObjectOf', () => {
  it('reads the body of an answer, whatever its status', async () => {
    const server = await loopbackServer(json({ error: 'invalid_request' }, 400))
    const response = await createHttpClient().send({ url: server.url, headers: {}, timeout: 2_000, maxBytes: 100 })
    expect(jsonObjectOf(response)).toStrictEqual({ error: 'invalid_request' })
  })
})
