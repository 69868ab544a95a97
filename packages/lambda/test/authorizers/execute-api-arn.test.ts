import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactResource, parseExecuteApiArn } from '../../src/authorizers/execute-api-arn.js'
import { ARN } from '../support/events.js'

const parse = (arn: unknown) => parseExecuteApiArn('restTokenAuthorizer', arn)

describe('the ARN of a request', () => {
  it.each([
    ['arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/orders/7', 'GET/orders/7'],
    ['arn:aws-cn:execute-api:cn-north-1:123456789012:a1b2c3/prod/GET/', 'GET/'],
    ['arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3/prod/DELETE/a/b', 'DELETE/a/b'],
    ['arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/GET/orders', 'GET/orders'],
    ['arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/$connect', '$connect'],
  ])('%s keeps its partition, and names %s', (arn, request) => {
    const parsed = parse(arn)
    expect(parsed.request).toBe(request)
    expect(parsed.stage + parsed.request).toBe(arn)
  })

  it.each([
    undefined,
    '',
    'arn:aws:lambda:eu-west-1:123456789012:function:x/prod/GET/',
    'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod',
    'arn:aws:execute-api:*:123456789012:a1b2c3/prod/GET/',
    'prefix arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/',
  ])('%s is none', (arn) => {
    expect(() => parse(arn)).toThrow('restTokenAuthorizer.event names no request of API Gateway by its ARN')
  })
})

describe('the resource that means one request', () => {
  it('is its ARN', () => {
    expect(exactResource(parse(`${ARN}/GET/orders/7`))).toBe(`${ARN}/GET/orders/7`)
    expect(exactResource(parse(`${ARN}/$connect`))).toBe(`${ARN}/$connect`)
  })

  it('has no star and no variable of the client', () => {
    expect(exactResource(parse(`${ARN}/GET/orders/*`))).toBe(`${ARN}/GET/orders/?`)
    expect(exactResource(parse(`${ARN}/GET/orders/\${aws:username}`))).toBe(`${ARN}/GET/orders/?{aws:username}`)
  })

  it('fits, however long the path, and still begins as the request does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 300, maxLength: 900 }), (path) => {
        const resource = exactResource(parse(`${ARN}/GET/${path}`))
        expect(resource.length).toBeLessThanOrEqual(512)
        expect(() => encodeURIComponent(resource)).not.toThrow()
        const stars = [...resource].filter((letter) => letter === '*').length
        expect(stars).toBe(resource.length < 511 ? 0 : stars)
        expect(stars).toBeLessThanOrEqual(1)
        expect(resource.startsWith(`${ARN}/GET/`)).toBe(true)
      }),
    )
    expect(() => encodeURIComponent(exactResource(parse(`${ARN}/GET/a${'🎛'.repeat(300)}`)))).not.toThrow()
  })
})
