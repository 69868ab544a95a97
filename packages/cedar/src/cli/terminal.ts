/** Where a command reads and writes. */
export interface Terminal {
  /** What was asked for. */
  out(line: string): void
  /** What went wrong. */
  err(line: string): void
  /** Asks whoever sits there; `undefined` where nobody does. */
  ask(question: string): Promise<string | undefined>
}

/** A command was called in a way it does not know. */
export class UsageError extends Error {}

/** What a command ends with. */
export const EXIT = { fine: 0, different: 1, failed: 2 } as const
export type Exit = (typeof EXIT)[keyof typeof EXIT]
