import { describe, expect, it } from 'vitest'
import { headerValues } from '../../src/vocabulary/protected-request.js'

const request = (headers: Record<string, string | string[] | undefined>) => ({ method: 'GET', url: '/', headers })

describe('headerValues', () => {
  it('finds a header whatever its case, and each of its values', () => {
    expect(
      headerValues(request({ Authorization: 'a', authorization: ['b', 'c'], other: 'd' }), 'authorization'),
    ).toStrictEqual(['a', 'b', 'c'])
  })

  it('finds none where there is none', () => {
    expect(headerValues(request({ authorization: undefined }), 'authorization')).toStrictEqual([])
    expect(headerValues(new Request('https://api.example.com'), 'authorization')).toStrictEqual([])
  })

  it('reads nothing from a value that is no text', () => {
    for (const authorization of [null, 5, {}, [5], true]) {
      expect(headerValues(request({ authorization: authorization as never }), 'authorization')).toStrictEqual([])
    }
  })

  it('reads a web Request', () => {
    const webRequest = new Request('https://api.example.com', { headers: { Authorization: 'Bearer a' } })
    expect(headerValues(webRequest, 'authorization')).toStrictEqual(['Bearer a'])
  })

  it('finds the second of two that Node has dropped', () => {
    const rawHeaders = ['Host', 'x', 'Authorization', 'a', 'authorization', 'b']
    expect(headerValues({ ...request({ authorization: 'a' }), rawHeaders }, 'authorization')).toStrictEqual(['a', 'b'])
  })

  it('finds what middleware has set, or removed', () => {
    const rawHeaders = ['authorization', 'a']
    expect(headerValues({ ...request({ authorization: 'b' }), rawHeaders }, 'authorization')).toStrictEqual(['b'])
    expect(headerValues({ ...request({}), rawHeaders }, 'authorization')).toStrictEqual([])
  })

  it('finds a header where the raw ones are empty, as bridges from Lambda make them', () => {
    expect(headerValues({ ...request({ authorization: 'a' }), rawHeaders: [] }, 'authorization')).toStrictEqual(['a'])
  })

  it('is not misled by a header named get', () => {
    expect(headerValues(request({ get: 'x', authorization: 'a' }), 'authorization')).toStrictEqual(['a'])
  })
})
