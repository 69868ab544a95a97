import type { Endpoints } from '../cognito/endpoints.js'

/** A `fetch` that reaches the fake and nothing else. */
export function fetchFrom(endpoints: Endpoints, assertOpen: () => void): typeof globalThis.fetch {
  return async (input, init) => {
    assertOpen()
    const request = new Request(input, init)
    const answer = endpoints.answer(request.method, new URL(request.url))
    if (answer === undefined) {
      throw new TypeError(
        `fakeCognito: nothing answers ${request.method} ${request.url}; this fetch reaches the fake pool only`,
      )
    }
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  }
}
