/** Rules that protect the same thing. */
export interface Area {
  readonly title: string
  readonly rules: readonly Rule[]
}

/** A security rule, where it stands, what it takes to remove it, and the test that must then fail. */
export interface Rule {
  readonly rule: string
  /** The specification or the incident behind it. */
  readonly source: string
  /** Relative to the repository. */
  readonly file: string
  /** A piece of the file that occurs once, and what removes the rule in its place. */
  readonly remove: readonly [from: string, to: string]
  /** The vitest project, a test file, and part of the title of the test. */
  readonly test: { readonly project: string; readonly file: string; readonly title: string }
}
