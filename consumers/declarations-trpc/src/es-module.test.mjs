import { test } from 'node:test'
import * as trpc from '@tokenward/trpc'
import * as client from '@tokenward/trpc/client'
import * as testing from '@tokenward/trpc/testing'
import * as trpcClient from '@trpc/client'
import * as trpcServer from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import scenario from './scenario.cjs'

test('the ES modules work with the oldest tRPC', () =>
  scenario({ trpc, client, testing, trpcClient, trpcServer, createHTTPServer }))
