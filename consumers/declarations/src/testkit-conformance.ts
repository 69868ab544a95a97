import {
  conformance,
  type ConformanceApp,
  type ConformanceSuite,
  type RunningApp,
} from '@tokenward/testkit/conformance'

function start({ issuers, routes }: ConformanceApp): RunningApp {
  const [paths, endpoints] = [
    routes.map(({ path }) => path),
    issuers.map((issuer) => (issuer.kind === 'cognito' ? issuer.endpoint : issuer.introspection.endpoint)),
  ]
  return { fetch: ({ url }) => new Response(`${url}: ${paths.join()} ${endpoints.join()}`) }
}

const suite: ConformanceSuite = conformance({
  name: 'mine',
  start,
  cannotExpress: { 'head-with-token': 'the framework answers HEAD itself' },
})
suite.register()
// @ts-expect-error no such case
conformance({ name: 'mine', start, cannotExpress: { 'no-such-case': 'a reason' } })
// @ts-expect-error an app is reached in one way
const both: RunningApp = { fetch: () => new Response(), url: 'http://127.0.0.1:3000' }
void both
