import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const trpc = (file: string) => `packages/trpc/src/${file}`
const inTrpc = (file: string, title: string) => ({ project: 'trpc', file: `packages/trpc/test/${file}`, title })

export const presentationRules: Area = {
  title: 'Presentations, and events of AWS',
  rules: [
    {
      rule: 'A policy that is decided by itself has a live call of its own',
      source: 'what maxRevocationLag promises',
      file: core('resource-server/present-options.ts'),
      remove: ["if (options?.arrival !== 'request') return () => readArrival(clock)", ''],
      test: inCore('resource-server/present-options.test.ts', 'each policy counts as a request of its own'),
    },
    {
      rule: 'A live call serves the request it was sent for, and no other',
      source: 'what maxRevocationLag promises',
      file: core('strategy/live-flights.ts'),
      remove: ['if (own?.key === key) return own.landed', 'if (own !== undefined) return own.landed'],
      test: inCore('strategy/live-flights.test.ts', 'is answered by the call that was sent for it'),
    },
    {
      rule: 'A second Authorization header in an event of AWS is seen',
      source: 'RFC 6750 §2',
      file: core('requests/aws.ts'),
      remove: ['return { ...Object.fromEntries(others), ...multiValueHeaders }', 'return headers ?? {}'],
      test: inCore('requests/aws.test.ts', 'shows a second Authorization header'),
    },
    {
      rule: 'A token in the query of an event of AWS is seen, as it was written there',
      source: 'RFC 6750 §2',
      file: core('requests/aws.ts'),
      remove: ['if (requestContext?.elb !== undefined) return', 'if (false) return'],
      test: inCore('requests/aws.test.ts', 'has its query as it was sent'),
    },
  ],
}

export const trpcRules: Area = {
  title: 'The tRPC adapter',
  rules: [
    {
      rule: 'A procedure runs for nobody whom its policy refuses',
      source: 'authentication bypass',
      file: trpc('guard.ts'),
      remove: ["if (outcome.outcome !== 'granted') throw denialError(outcome)", ''],
      test: inTrpc('auth-plugin.test.ts', 'must all hold'),
    },
    {
      rule: 'An optional procedure takes no bad token for none',
      source: 'fail closed',
      file: trpc('guard.ts'),
      remove: ["if (letsNobodyIn && presented.credentials === 'none')", 'if (letsNobodyIn)'],
      test: inTrpc('auth-plugin.test.ts', 'refuses a token that is not valid'),
    },
    {
      rule: 'Credentials for one resource server open no procedure of another',
      source: 'confused deputy',
      file: trpc('auth-context.ts'),
      remove: ['if (tokenward.server !== api && !tokenward.isOfTest) {', 'if (false) {'],
      test: inTrpc('auth-plugin.test.ts', 'where the context is that of another server'),
    },
    {
      rule: 'A context without credentials opens nothing',
      source: 'fail closed',
      file: trpc('auth-context.ts'),
      remove: ["if (typeof tokenward?.present !== 'function') {", 'if (false) {'],
      test: inTrpc('auth-plugin.test.ts', 'where the context has nothing of the plugin'),
    },
    {
      rule: 'A token in the URL of a request counts for nothing unless an option says so',
      source: 'RFC 6750 §5.3, RFC 9700 §4.3.2',
      file: trpc('request-source.ts'),
      remove: ["return accepted === 'websocket-and-sse' && source.info?.type === 'subscription'", 'return true'],
      test: inTrpc('request-source.test.ts', 'carries that of connectionParams'),
    },
    {
      rule: 'A token in connectionParams beside one in the header is refused',
      source: 'RFC 6750 §2',
      file: trpc('request-source.ts'),
      remove: [
        'if (!mayStandThere(source, accepted) && authorizationOf(request).length === 0) return request',
        'if (!mayStandThere(source, accepted)) return request',
      ],
      test: inTrpc('request-source.test.ts', 'is refused with a token in both places'),
    },
    {
      rule: 'Calls on an open connection are decided as they come',
      source: 'what maxRevocationLag promises',
      file: trpc('request-source.ts'),
      remove: ['return info !== undefined && info.url !== null', 'return info !== undefined'],
      test: inTrpc('web-socket.test.ts', 'is decided anew with each call'),
    },
    {
      rule: 'A stream ends when its grant does, also while it waits',
      source: 'fail closed',
      file: trpc('watched-stream.ts'),
      remove: ['throwIfEnded(watch.ended)', ''],
      test: inTrpc('watched-stream.test.ts', 'ends in the middle of waiting'),
    },
    {
      rule: 'No item of a stream goes out before its grant was looked at',
      source: 'what maxRevocationLag promises',
      file: trpc('watched-stream.ts'),
      remove: ['throwIfEnded(await watch.beforeMessage())', 'await watch.beforeMessage()'],
      test: inTrpc('watched-stream.test.ts', 'not one item from the end of the grant on'),
    },
    {
      rule: 'Subscriptions are watched',
      source: 'fail closed',
      file: trpc('guard.ts'),
      remove: ['if (stream === undefined || granted === undefined) return result', 'return result'],
      test: inTrpc('subscriptions.test.ts', 'over WebSocket > brings what happens'),
    },
    {
      rule: 'Subscriptions that return an observable are watched, too',
      source: 'fail closed',
      file: trpc('guard.ts'),
      remove: ["if (type !== 'subscription' || !isObservable(data)) return undefined", 'return undefined'],
      test: inTrpc('subscriptions.test.ts', 'over WebSocket > that returns an observable'),
    },
    {
      rule: 'Refusals have no stack, in development either',
      source: 'information leak',
      file: trpc('denial.ts'),
      remove: ["return Object.defineProperty(error, 'stack', { value: undefined })", 'return error'],
      test: inTrpc('error-formatter.test.ts', 'tells clients no reason and no stack'),
    },
    {
      rule: 'What goes wrong on our side is not told to clients',
      source: 'information leak',
      file: trpc('auth-context.ts'),
      remove: ["message: 'Internal server error', cause", 'cause'],
      test: inTrpc('auth-plugin.test.ts', 'and says no more'),
    },
    {
      rule: 'A challenge speaks for a whole response or not at all',
      source: 'RFC 9110 §11.6.1',
      file: trpc('response-meta.ts'),
      remove: ['denials.length === data.length && ', ''],
      test: inTrpc('response-meta.test.ts', 'has no challenge where some calls were let in'),
    },
    {
      rule: 'No cache keeps a response that holds a refusal',
      source: 'RFC 9111 §3',
      file: trpc('response-meta.ts'),
      remove: ["new Headers({ 'Cache-Control': 'no-store', ...nonce })", 'new Headers({ ...nonce })'],
      test: inTrpc('response-meta.test.ts', 'and is not cached'),
    },
    {
      rule: 'A call is sent again once, whatever the server says',
      source: 'endless loops',
      file: trpc('auth-link.ts'),
      remove: ['mayRefresh = false', ''],
      test: inTrpc('auth-link.test.ts', 'is sent twice at most'),
    },
    {
      rule: 'Only an invalid token is refreshed: a 403 is never tried again',
      source: 'endless loops',
      file: trpc('auth-link.ts'),
      remove: ["authDataOf(error)?.error !== 'invalid_token'", 'authDataOf(error) === undefined'],
      test: inTrpc('auth-link.test.ts', 'is not sent again where'),
    },
    {
      rule: 'A subscription that is never let in refreshes once',
      source: 'endless loops',
      file: trpc('auth-link.ts'),
      remove: [
        "if (op.type === 'subscription' && wasLetIn) mayRefresh = true",
        "if (op.type === 'subscription') mayRefresh = true",
      ],
      test: inTrpc('auth-link.test.ts', 'that was open for half a minute'),
    },
  ],
}
