import * as core from '@tokenward/core'
import * as aws from '@tokenward/core/aws'
import * as cognito from '@tokenward/core/cognito'
import * as errors from '@tokenward/core/errors'
import * as node from '@tokenward/core/node'
import * as testkit from '@tokenward/testkit'
import scenario from './scenario.cjs'

await scenario({ core, aws, cognito, errors, node, testkit })
