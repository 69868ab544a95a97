import { test } from 'node:test'
import * as lambda from '@tokenward/lambda'
import * as standalone from '@tokenward/lambda/standalone'
import * as testing from '@tokenward/lambda/testing'
import * as wiring from '@tokenward/lambda/wiring'
import * as cdk from '@tokenward/lambda/wiring/cdk'
import scenario from './scenario.cjs'

test('the ES modules work with the oldest CDK', () => scenario({ lambda, standalone, testing, wiring, cdk }))
