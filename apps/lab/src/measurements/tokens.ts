import { setTimeout as sleep } from 'node:timers/promises'
import type { Upstream } from '../servers/upstream.ts'

/**
 * Tokens with a login of their own each. Times in tokens are whole seconds: those whose end is measured are issued at
 * the beginning of one, so that they live as long as they say.
 */
export async function issueTokens(upstream: Upstream, count: number, lifetime?: number): Promise<readonly string[]> {
  if (lifetime !== undefined) await sleep(1_000 - (Date.now() % 1_000))
  return Promise.all(Array.from({ length: count }, () => upstream.issue(lifetime)))
}
