import { describe, expect, it } from 'vitest'
import { cognitoUserPool } from '../../src/cognito/index.js'
import { regionOfUserPool } from '../../src/cognito/user-pool-id.js'

describe('a user pool id', () => {
  it.each([
    ['eu-west-1_Ab1', 'cognito-idp.eu-west-1.amazonaws.com'],
    ['us-gov-west-1_Ab1', 'cognito-idp.us-gov-west-1.amazonaws.com'],
    ['cn-north-1_Ab1', 'cognito-idp.cn-north-1.amazonaws.com.cn'],
    ['eusc-de-east-1_Ab1', 'cognito-idp.eusc-de-east-1.amazonaws.eu'],
    ['ap-southeast-2_Ab1', 'cognito-idp.ap-southeast-2.amazonaws.com'],
    ['xx-fake-1_Ab1', 'cognito-idp.xx-fake-1.amazonaws.com'],
  ])('such as %s names its two issuers, both formats of its partition', (userPoolId, host) => {
    expect(cognitoUserPool({ userPoolId, clientId: 'web' }).issuers).toStrictEqual([
      `https://${host}/${userPoolId}`,
      `https://issuer-${host}/${userPoolId}`,
    ])
  })

  it.each<[string, unknown]>([
    ['no pool id', undefined],
    ['a pool id with a path', 'eu-west-1_abc/../x'],
    ['a pool id with a host', 'eu-west-1.evil.example_abc'],
    ['a pool id with an authority', 'eu-west-1_abc@evil.example'],
    ['a pool id with a line break', 'eu-west-1_abc\n'],
    ['a pool id without its Region', 'AbCdEf123'],
    ['a pool id without its own part', 'eu-west-1_'],
    ['a pool id of 65 letters', `eu-west-1_${'a'.repeat(65)}`],
  ])('is not %s', (_, userPoolId) => {
    expect(regionOfUserPool(userPoolId)).toBeUndefined()
    expect(() => cognitoUserPool({ userPoolId: userPoolId as string, clientId: 'web' })).toThrow(
      'cognitoUserPool.userPoolId must be a user pool id',
    )
  })
})
