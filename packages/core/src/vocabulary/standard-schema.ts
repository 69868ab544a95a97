/**
 * The part of Standard Schema v1 (standardschema.dev) that is used: Zod, Valibot, ArkType and others satisfy it.
 * Declared here so that nobody needs a package for it.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What the standard defines. */
  readonly '~standard': {
    /** The version of the standard. */
    readonly version: 1
    /** The library that made the schema. */
    readonly vendor: string
    /** Answers with `value`, or with `issues`. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly object[] }

export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard = (value as { '~standard'?: { version?: unknown; validate?: unknown } | null })['~standard']
  return (
    typeof standard === 'object' &&
    standard !== null &&
    standard.version === 1 &&
    typeof standard.validate === 'function'
  )
}
