import type { OperatorCode } from '@tokenward/nestjs'

/** What came back, whatever it came over. */
export interface Answer {
  /** Of HTTP; over GraphQL the one that an error says; for a connection 101, or the code it was closed with. */
  readonly status: number
  /** The whole `WWW-Authenticate` header. */
  readonly challenge?: string | undefined
  readonly retryAfter?: string | undefined
  /** What was received beside, where that is the point. */
  readonly received?: string | undefined
}

export interface ExpectedAnswer extends Answer {
  /** What the operator sees, and no client is told. */
  readonly reason?: OperatorCode
  /** What it shows. */
  readonly because: string
}

/** One thing that a client does, and the answer it must get. */
export interface Step {
  /** Such as `GET /orders`. */
  readonly what: string
  /** Shown in place of the token, which is long. */
  readonly tokenLabel: string
  readonly send: () => Promise<Answer>
  readonly expected: ExpectedAnswer
}

/** Steps under one heading, with what is done before them. */
export interface Chapter {
  readonly heading: string
  readonly prepare?: () => Promise<void>
  readonly steps: readonly Step[]
}

/** The answer a step got, and how it differs from the expected one. */
export interface StepResult extends Answer {
  readonly reason: OperatorCode | undefined
  /** Empty when every part is as expected. */
  readonly differences: readonly string[]
}

export async function runStep(
  { send, expected }: Step,
  takeReason: () => OperatorCode | undefined,
): Promise<StepResult> {
  const got = { ...(await send()), reason: takeReason() }
  const differences = (['status', 'challenge', 'retryAfter', 'received', 'reason'] as const)
    .filter((part) => got[part] !== expected[part])
    .map((part) => `${part}: expected ${expected[part] ?? 'none'}, got ${got[part] ?? 'none'}`)
  return { ...got, differences }
}
