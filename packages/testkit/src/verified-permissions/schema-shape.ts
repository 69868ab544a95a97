import { type Cedar, reasonsOf } from './cedar.js'
import { isRecord } from './input.js'
import { invalid } from './service-exception.js'

/** A schema that a store has. */
export interface StoreSchema {
  /** As it was put. */
  readonly json: string
  /** As Cedar text. */
  readonly text: string
  readonly namespaces: readonly string[]
  /** Names and kinds of the members of `context.token` for an action; `undefined` where there is no such record. */
  tokenClaims(actionType: string, actionId: string): ReadonlyMap<string, string> | undefined
  /** Names and kinds of the attributes of an entity type. */
  attributes(entityType: string): ReadonlyMap<string, string>
}

type Shape = { readonly type: string; readonly attributes?: Readonly<Record<string, Shape>> }

interface Namespace {
  readonly commonTypes?: Readonly<Record<string, Shape>>
  readonly entityTypes?: Readonly<Record<string, { readonly shape?: Shape }>>
  readonly actions?: Readonly<Record<string, { readonly appliesTo?: { readonly context?: Shape } }>>
}

/** `PutSchema` takes the JSON form alone; as options both are taken. */
export function storeSchema(cedar: Cedar, given: string | object): StoreSchema {
  const text = typeof given === 'string' ? given : toText(cedar, given)
  const resolved = cedar.schemaToJsonWithResolvedTypes(text)
  if (resolved.type === 'failure') throw invalid('definition.cedarJson', reasonsOf(resolved.errors))
  const namespaces = resolved.json as Readonly<Record<string, Namespace>>

  function named(name: string): readonly [Namespace | undefined, string] {
    const parts = name.split('::')
    const local = parts.pop() as string
    return [namespaces[parts.join('::')], local]
  }

  function membersOf(shape: Shape | undefined): ReadonlyMap<string, Shape> | undefined {
    if (shape === undefined) return undefined
    const [namespace, local] = named(shape.type)
    const alias = namespace?.commonTypes?.[local]
    if (alias !== undefined) return membersOf(alias)
    return shape.attributes === undefined ? undefined : new Map(Object.entries(shape.attributes))
  }

  return {
    json: JSON.stringify(typeof given === 'string' ? resolved.json : given),
    text,
    namespaces: Object.keys(namespaces),
    tokenClaims(actionType, actionId) {
      const [namespace] = named(actionType)
      const context = membersOf(namespace?.actions?.[actionId]?.appliesTo?.context)
      const claims = membersOf(context?.get('token'))
      return claims && kinds(claims)
    },
    attributes(entityType) {
      const [namespace, local] = named(entityType)
      return kinds(membersOf(namespace?.entityTypes?.[local]?.shape) ?? new Map())
    },
  }
}

function toText(cedar: Cedar, json: object): string {
  if (!isRecord(json)) throw invalid('definition.cedarJson', 'must be an object')
  const answer = cedar.schemaToText(json as Parameters<Cedar['schemaToText']>[0])
  if (answer.type === 'failure') throw invalid('definition.cedarJson', reasonsOf(answer.errors))
  return answer.text
}

function kinds(members: ReadonlyMap<string, Shape>): ReadonlyMap<string, string> {
  return new Map([...members].map(([name, { type }]) => [name, type]))
}
