import type { Fetch, FetchResponse } from '@tokenward/core'

/** A `fetch` that answers introspection at once and in this process, for what is not about the network. */
export interface StubEndpoint {
  readonly fetch: Fetch
  /** How often it was asked. */
  readonly calls: number
}

export function stubEndpoint(answerAbout: (token: string) => object): StubEndpoint {
  let calls = 0
  return {
    get calls() {
      return calls
    },
    async fetch(_url, { body }) {
      calls += 1
      const answer = answerAbout(new URLSearchParams(String(body)).get('token') ?? '')
      return new Response(JSON.stringify(answer), {
        headers: { 'content-type': 'application/json' },
      }) as unknown as FetchResponse
    },
  }
}
