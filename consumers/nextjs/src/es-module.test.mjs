import test from 'node:test'
import * as nextjs from '@tokenward/nextjs'
import * as proxyEntry from '@tokenward/nextjs/proxy'
import * as testing from '@tokenward/nextjs/testing'
import { scenario } from './scenario.cjs'

test('as ES modules, without a bundler', () => scenario({ nextjs, proxyEntry, testing }))
