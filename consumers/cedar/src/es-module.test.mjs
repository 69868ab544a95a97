import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-verifiedpermissions'
import * as cedar from '@tokenward/cedar'
import * as verifiedPermissions from '@tokenward/cedar/verified-permissions'
import * as core from '@tokenward/core'
import * as cognito from '@tokenward/core/cognito'
import * as testkit from '@tokenward/testkit'
import scenario from './scenario.cjs'

const fakes = () => import('@tokenward/testkit/verified-permissions')

test('ES modules decide', () => scenario({ cedar, verifiedPermissions, core, cognito, testkit, sdk, fakes }))
