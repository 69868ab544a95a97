import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningSetting } from '../settings/setting.ts'
import { send, unexpected } from './client.ts'
import { atPace } from './pace.ts'

/** Between an answer and the next question, in milliseconds. */
export const POLL_MS = 100
/** Past its bound. The trial has failed then; it is only not waited for any longer. */
const GIVE_UP_AFTER_MS = 3_000

/** One token that was revoked, in milliseconds from the confirmed revocation. */
export interface Trial {
  /** When the first refusal arrived. What is reported: with the time between two requests, and their own time. */
  readonly refusedAfter: number
  /** When the last request was sent that was granted; below zero, before the revocation. What a promise is held to. */
  readonly grantedUntil: number
}

/** Between the beginnings of two trials, so that none waits for another. */
const STAGGER_MS = 20
/** A revocation closer to the end of what is measured would show nothing. */
const LATEST_REVOCATION = 0.8

/**
 * Revokes each token and asks with it until it is refused; many trials are under way at once. The revocations are spread
 * evenly over the time that the setting may take, counted from a grant: a revocation comes at any moment.
 */
export function measureRevocationLag(running: RunningSetting, tokens: readonly string[]): Promise<Trial[]> {
  const spread = running.setting.lagBoundMs * LATEST_REVOCATION
  return atPace(tokens.length, STAGGER_MS, (index) =>
    runTrial(running, tokens[index] as string, (index / tokens.length) * spread),
  )
}

async function runTrial(running: RunningSetting, token: string, wait: number): Promise<Trial> {
  const { ordersUrl, setting } = running
  const before = await send(ordersUrl, token)
  if (before.status !== 200) throw unexpected(running, 'A good token', before)
  await sleep(wait)
  await revoke(running, token)
  const revokedAt = performance.now()
  let grantedUntil = before.sentAt - revokedAt
  for (;;) {
    const exchange = await send(ordersUrl, token)
    const { status, sentAt, answeredAt } = exchange
    if (status === 401) return { refusedAfter: answeredAt - revokedAt, grantedUntil }
    if (status !== 200) throw unexpected(running, 'A revoked token', exchange)
    grantedUntil = sentAt - revokedAt
    if (grantedUntil > setting.lagBoundMs + GIVE_UP_AFTER_MS) return { refusedAfter: Infinity, grantedUntil }
    await sleep(POLL_MS)
  }
}

async function revoke(running: RunningSetting, token: string): Promise<void> {
  if (running.setting.revokedBy === 'server') return running.upstream.revoke(token)
  const exchange = await send(running.logoutUrl, token, 'POST')
  if (exchange.status !== 204) throw unexpected(running, 'A logout', exchange)
}
