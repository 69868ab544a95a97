import type { RunningApp } from './app-description.js'
import { DEADLINE_MS, deadlineError, type Sender, type WireRequest, type WireResponse } from './wire-request.js'

/** Where an app in this process believes to be. */
const ORIGIN = 'https://api.example'

/** Calls the app with a web `Request`. That joins headers of one name with a comma, and resolves dots in the path. */
export function webSender(fetch: NonNullable<RunningApp['fetch']>): Sender {
  return {
    async send(request) {
      const { method, path, body = null } = request
      const headers = new Headers()
      for (const [name, value] of request.headers) headers.append(name, value)
      return withDeadline(request, answerOf(fetch, new Request(`${ORIGIN}${path}`, { method, headers, body })))
    },
    close() {},
  }
}

async function answerOf(fetch: NonNullable<RunningApp['fetch']>, request: Request): Promise<WireResponse> {
  const response = await fetch(request)
  return { status: response.status, headers: response.headers, body: await response.text() }
}

async function withDeadline(request: WireRequest, answer: Promise<WireResponse>): Promise<WireResponse> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(deadlineError(request)), DEADLINE_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
