import type { RunningSetting } from '../settings/setting.ts'
import { type Exchange, send } from './client.ts'
import { atPace } from './pace.ts'

/** How the time is divided, in milliseconds. */
export interface OutagePlan {
  /** How long nobody is answered. */
  readonly down: number
  /** How long it is watched afterwards. */
  readonly after: number
  /** Between the requests with one token: below what core allows for one token at Cognito, 5 calls a second. */
  readonly everyMs: number
  readonly tokens: number
}

/** What an outage did. Instants in milliseconds from its beginning, or from its end. */
export interface OutageMeasurement {
  readonly granted: number
  /** Answered 503. */
  readonly unavailable: number
  /** Answered anything else: a good token was turned away. */
  readonly refused: number
  /** When the last request was sent that was granted during the outage; `undefined` when none was. */
  readonly grantedUntil: number | undefined
  /** From the end to the first request since which all are granted; `Infinity` when that never came. */
  readonly backAfter: number
}

/** Uses some tokens in turn, takes the authorization server away, and brings it back. */
export async function measureOutage(
  { ordersUrl, upstream }: RunningSetting,
  { down, after, everyMs }: OutagePlan,
  tokens: readonly string[],
): Promise<OutageMeasurement> {
  const pace = everyMs / tokens.length
  const sendAll = (duration: number) =>
    atPace(Math.floor(duration / pace), pace, (index) => send(ordersUrl, tokens[index % tokens.length] as string))

  await sendAll(everyMs)
  await upstream.goDown()
  const downSince = performance.now()
  const during = await sendAll(down)
  await upstream.comeBack()
  const backSince = performance.now()
  const afterwards = await sendAll(after)

  const granted = during.filter(isGranted)
  const unavailable = during.filter(({ status }) => status === 503)
  const lastGrant = granted.at(-1)
  const wasUnaffected = granted.length === during.length
  return {
    granted: granted.length,
    unavailable: unavailable.length,
    refused: during.length - granted.length - unavailable.length,
    grantedUntil: lastGrant && lastGrant.sentAt - downSince,
    backAfter: wasUnaffected && afterwards.every(isGranted) ? 0 : backAfter(afterwards, backSince),
  }
}

function backAfter(exchanges: readonly Exchange[], since: number): number {
  const firstGood = exchanges.findLastIndex((exchange) => !isGranted(exchange)) + 1
  const first = exchanges[firstGood]
  return first === undefined ? Infinity : first.sentAt - since
}

function isGranted({ status }: Exchange): boolean {
  return status === 200
}
