/** Makes what is measured, once for each process. */
export type Prepare<Setup> = (setup: Setup) => Promise<Operation>

/** One operation. It throws, or rejects, when it does not come to what it should. */
export type Operation = (index: number) => unknown

/** Operations of one round, and how many of them are under way at once. */
export interface Round {
  readonly operations: number
  readonly flows: number
  /** Milliseconds of its own CPU after which a contender has shown what it takes. Default as long as all operations do. */
  readonly milliseconds?: number
}

/** Operations before the first round, as many of them as can be done in so many milliseconds of CPU. */
export interface WarmUp {
  readonly operations: number
  readonly milliseconds: number
}

/** Microseconds of CPU for one operation, and for one of what it is compared with. */
export interface RoundAnswer {
  readonly cpu: number
  readonly base?: number
}
