import type { KeyEndpoint } from './key-endpoint.ts'
import type { Verify, VerifierSettings } from './verifier.ts'

/** One verifier with an endpoint of its own, in one round. */
interface Stage {
  readonly endpoint: KeyEndpoint
  readonly verify: Verify
  /** Signs with the key that is published. */
  readonly tokens: Tokens
}

/** Tokens that were signed before anything is measured. */
export interface Tokens {
  /** Of the key that is published from the beginning. */
  readonly known: readonly string[]
  /** Of the key that comes with a rotation. */
  readonly rotated: readonly string[]
  /** With key names that do not exist. */
  readonly madeUp: readonly string[]
  /** The key set before the rotation, after it, and after the first key was withdrawn. */
  readonly sets: Readonly<Record<'before' | 'both' | 'after', object>>
}

/** Figures of one round, by the name of their row. */
export type Figures = Readonly<Record<string, number>>

export interface Scenario {
  /** Rows, with what is promised of each and in what unit. */
  readonly rows: Readonly<Record<string, { readonly unit: string; readonly target: number }>>
  readonly settings: Partial<VerifierSettings>
  /** All rounds of all libraries at once, where it is mostly waiting. */
  readonly sideBySide: boolean
  readonly note?: string
  /** `scale`: 1, or less where waits are shortened and crowds made smaller. */
  run(stage: Stage, scale: number): Promise<Figures>
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

export async function isAccepted(verify: Verify, token: string): Promise<boolean> {
  try {
    await verify(token)
    return true
  } catch {
    return false
  }
}

/** Sends one token after the other for a while, whatever becomes of those before, and counts the refused ones. */
export async function refusedDuring(
  verify: Verify,
  tokens: readonly string[],
  { milliseconds, every }: { readonly milliseconds: number; readonly every: number },
): Promise<number> {
  const sent: Promise<boolean>[] = []
  const end = performance.now() + milliseconds
  for (let index = 0; performance.now() < end; index += 1) {
    sent.push(isAccepted(verify, tokens[index % tokens.length] as string))
    await pause(every)
  }
  const accepted = await Promise.all(sent)
  return accepted.filter((one) => !one).length
}
