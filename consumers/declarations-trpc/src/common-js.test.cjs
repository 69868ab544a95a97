const { test } = require('node:test')
const trpc = require('@tokenward/trpc')
const client = require('@tokenward/trpc/client')
const testing = require('@tokenward/trpc/testing')
const trpcClient = require('@trpc/client')
const trpcServer = require('@trpc/server')
const { createHTTPServer } = require('@trpc/server/adapters/standalone')
const scenario = require('./scenario.cjs')

test('CommonJS works with the oldest tRPC', () =>
  scenario({ trpc, client, testing, trpcClient, trpcServer, createHTTPServer }))
