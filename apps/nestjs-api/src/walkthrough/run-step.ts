import type { RunningDemo } from './running-demo.js'
import type { Step } from './steps.js'

/** The answer a step got, and how it differs from the expected one. */
export interface StepResult {
  readonly status: number
  readonly challenge: string | undefined
  readonly retryAfter: string | undefined
  readonly reason: string | undefined
  /** Empty when every part is as expected. */
  readonly differences: readonly string[]
}

export async function runStep(demo: RunningDemo, { request, expected }: Step): Promise<StepResult> {
  const token = await request.token?.()
  const response = await fetch(new URL(request.path, demo.apiUrl), {
    method: request.method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  await response.arrayBuffer()
  const got = {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? undefined,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    reason: demo.takeReason(),
  }
  const differences = (['status', 'challenge', 'retryAfter', 'reason'] as const)
    .filter((part) => got[part] !== expected[part])
    .map((part) => `${part}: expected ${expected[part] ?? 'none'}, got ${got[part] ?? 'none'}`)
  return { ...got, differences }
}
