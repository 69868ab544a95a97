import { type ActionDeclaration, entityKey, type Schema } from '../engine/schema.js'
import type { EntityNaming } from '../mapping/entity-naming.js'
import type { ClaimKind, DeclaredClaims } from '../mapping/token-claims.js'
import type { Slice, Slices } from './action-slices.js'

/** What decisions about one action have in common. */
export interface KnownAction {
  /** As policies write it. */
  readonly key: string
  /** What the schema says; `undefined` without a schema, or where it has no such action. */
  readonly declaration: ActionDeclaration | undefined
  readonly slice: Slice
  /** Which claims of a token have a place. */
  readonly claims: Readonly<Record<ClaimKind, DeclaredClaims>>
}

/**
 * What to do about an action that nothing names, where one is named that differs in its namespace alone: the end of a
 * message, or nothing.
 */
export function namespaceHint(action: string, named: ReadonlySet<string>): string {
  const local = entityKey({ type: 'Action', id: action })
  const found = [...named].find((key) => key === local || key.endsWith(`::${local}`))
  if (found === undefined) return ''
  if (found === local) return `; there is ${local}, without a namespace`
  return `; there is ${found}: set namespace: '${found.slice(0, -local.length - '::'.length)}'`
}

/** Actions that need no second look. */
const MAX_KNOWN_ACTIONS = 1_000

/** What is known of an action, by its name in routes. Found out when it is first asked for. */
export function knownActions(
  schema: Schema | undefined,
  slices: Slices,
  { actionType, principalType }: EntityNaming,
): (action: string) => KnownAction {
  const known = new Map<string, KnownAction>()

  function findOut(action: string): KnownAction {
    const key = entityKey({ type: actionType, id: action })
    const declaration = schema?.actions.get(key)
    const slice = slices.for(key)
    const claims: KnownAction['claims'] =
      schema === undefined
        ? { access: withoutSchema(slice), id: 'any' }
        : { access: declaration?.token ?? 'none', id: schema.attributesOf(principalType) ?? 'none' }
    return { key, declaration, slice, claims }
  }

  return (action) => {
    const before = known.get(action)
    if (before !== undefined) return before
    const found = findOut(action)
    // Few, unless an application makes them up.
    if (known.size < MAX_KNOWN_ACTIONS) known.set(action, found)
    return found
  }
}

function withoutSchema({ reads: { claims, scopes } }: Slice): DeclaredClaims {
  return claims === 'all' ? 'any' : { names: claims, sets: SCOPE, ...(scopes !== 'all' && { scopes }) }
}

const SCOPE: ReadonlySet<string> = new Set(['scope'])
