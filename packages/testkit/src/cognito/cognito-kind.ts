import type { FakeKind } from '../endpoints/fake-server.js'

/** How messages speak of a pool. */
export const COGNITO: FakeKind = { maker: 'fakeCognito', noun: 'pool' }
