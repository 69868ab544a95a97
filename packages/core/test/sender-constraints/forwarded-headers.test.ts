import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { AnyRequest } from '../../src/index.js'
import { withoutForgedHeaders } from '../../src/sender-constraints/forwarded-headers.js'
import { headerValues } from '../../src/vocabulary/protected-request.js'

const NAMES = ['client-cert', 'client-cert-chain']
const fromProxy = { comesFromProxy: () => true, names: NAMES }
const fromAnybody = { comesFromProxy: () => false, names: NAMES }
const record = {
  method: 'GET',
  url: '/orders/7',
  headers: { 'Client-Cert': ':AAAA:', accept: 'text/plain' },
  rawHeaders: ['Client-Cert', ':AAAA:', 'accept', 'client-cert', 'CLIENT-CERT-CHAIN', ':BBBB:'],
  params: { id: '7' },
  remoteAddress: '10.9.9.9',
}

describe('headers about certificates', () => {
  it('stay where they come from the proxy', () => {
    expect(withoutForgedHeaders(record, fromProxy)).toBe(record)
  })

  it('are not there where anybody else sent them, and all else is', () => {
    const seen = withoutForgedHeaders(record, fromAnybody) as typeof record
    expect(seen.headers).toStrictEqual({ accept: 'text/plain' })
    // A value that reads like the name of one is no name.
    expect(seen.rawHeaders).toStrictEqual(['accept', 'client-cert'])
    for (const name of NAMES) expect(headerValues(seen, name)).toStrictEqual([])
    expect([seen.method, seen.url, seen.params, seen.remoteAddress]).toStrictEqual([
      'GET',
      '/orders/7',
      { id: '7' },
      '10.9.9.9',
    ])
    expect(Object.keys(record.headers)).toContain('Client-Cert')
  })

  it('are not there though Node shows them among the raw ones alone', () => {
    const { headers: _, ...others } = record
    const seen = withoutForgedHeaders({ ...others, headers: {} }, fromAnybody)
    expect(headerValues(seen, 'client-cert')).toStrictEqual([])
    expect((seen as typeof record).rawHeaders).toStrictEqual(['accept', 'client-cert'])
  })

  it('leave alone what a framework has put into its request', () => {
    const incoming = Object.assign(new IncomingMessage(new Socket()), {
      url: '/orders',
      method: 'POST',
      headers: { 'client-cert': ':AAAA:' },
      body: { amount: 7 },
    })
    const seen = withoutForgedHeaders(incoming as unknown as AnyRequest, fromAnybody)
    expect(seen).toMatchObject({ url: '/orders', method: 'POST', headers: {}, body: { amount: 7 } })
  })

  it('are not there in a web Request either', () => {
    const request = new Request('https://api.example/orders', { headers: { 'Client-Cert': ':AAAA:', accept: 'a/b' } })
    const seen = withoutForgedHeaders(request, fromAnybody)
    expect(seen).toMatchObject({ method: 'GET', url: 'https://api.example/orders' })
    expect(headerValues(seen, 'client-cert')).toStrictEqual([])
    expect(headerValues(seen, 'accept')).toStrictEqual(['a/b'])
  })

  it('that are not there leave the request as it is', () => {
    const web = new Request('https://api.example')
    const plain = { method: 'GET', url: '/', headers: { accept: 'a/b' } }
    for (const request of [web, plain]) expect(withoutForgedHeaders(request, fromAnybody)).toBe(request)
  })
})
