import type { CedarProblem } from './cedar-engine.js'

/** A text with policies or a schema, and how messages call it. */
export interface SourceText {
  readonly name: string
  readonly text: string
}

/** What is wrong with a text, for whoever wrote it: name, line, column, reason, advice. */
export function describeProblem({ name, text }: SourceText, { message, help, sourceLocations }: CedarProblem): string {
  const [location] = sourceLocations ?? []
  const place = location === undefined ? name : `${name}:${positionAt(text, location.start)}`
  const label = location?.label === undefined || location.label === null ? '' : `: ${location.label}`
  const advice = help === undefined || help === null || help === '' ? '' : ` (${help})`
  return `${place} ${message}${label}${advice}`
}

/** `line:column`, from 1, of an offset in bytes. */
function positionAt(text: string, byteOffset: number): string {
  const before = new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, byteOffset))
  const lines = before.split('\n')
  return `${lines.length}:${[...(lines.at(-1) as string)].length + 1}`
}
