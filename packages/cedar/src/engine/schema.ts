import { ConfigurationError } from '@tokenward/core/errors'
import type { CedarEngine, SchemaInput } from './cedar-engine.js'
import { describePolicyProblem, type Policy, problemsOf } from './policy.js'
import { describeProblem, type SourceText } from './source-text.js'

/** What a schema says, as far as decisions depend on it. */
export interface Schema {
  /** For the engine. */
  readonly text: string
  /** Actions by their ids as in policies: `Shop::Action::"read"`. */
  readonly actions: ReadonlyMap<string, ActionDeclaration>
  /** Attributes of an entity type; `undefined` for a type that is not declared. */
  attributesOf(entityType: string): DeclaredAttributes | undefined
}

/** What a schema says of an action. */
export interface ActionDeclaration {
  /** The groups it is in, and those they are in. */
  readonly ancestors: ReadonlySet<string>
  readonly principalTypes: readonly string[]
  readonly resourceTypes: readonly string[]
  readonly context: DeclaredAttributes
  /** What `context.token` has; `undefined` where the context has no such record. */
  readonly token: DeclaredAttributes | undefined
}

/** The attributes of a record or an entity. */
interface DeclaredAttributes {
  readonly names: ReadonlySet<string>
  /** Those that are sets. */
  readonly sets: ReadonlySet<string>
  readonly required: ReadonlySet<string>
}

interface TypeJson {
  readonly type: string
  readonly attributes?: Readonly<Record<string, TypeJson>>
  readonly required?: boolean
}

interface NamespaceJson {
  readonly commonTypes?: Readonly<Record<string, TypeJson>>
  readonly entityTypes: Readonly<Record<string, { readonly shape?: TypeJson }>>
  readonly actions: Readonly<Record<string, ActionJson>>
}

interface ActionJson {
  readonly memberOf?: readonly { readonly id: string; readonly type?: string }[]
  readonly appliesTo?: {
    readonly principalTypes: readonly string[]
    readonly resourceTypes: readonly string[]
    readonly context?: TypeJson
  }
}

const EMPTY: DeclaredAttributes = { names: new Set(), sets: new Set(), required: new Set() }

/** Reads a schema. Throws a `ConfigurationError` with line and reason for what does not parse. */
export function readSchema(engine: CedarEngine, option: string, name: string, given: SchemaInput): Schema {
  const source: SourceText = { name, text: typeof given === 'string' ? given : textOf(engine, option, name, given) }
  const answer = engine.schemaToJsonWithResolvedTypes(source.text)
  if (answer.type === 'failure') throw new ConfigurationError(option, problemsOf(source, answer))
  const namespaces = new Map(Object.entries(answer.json as Readonly<Record<string, NamespaceJson>>))

  function resolve(type: TypeJson): TypeJson {
    const [namespace, local] = splitName(type.type)
    const common = namespaces.get(namespace)?.commonTypes?.[local]
    return common === undefined ? type : resolve(common)
  }

  function declared(type: TypeJson | undefined): DeclaredAttributes {
    const { attributes } = type === undefined ? { attributes: undefined } : resolve(type)
    if (attributes === undefined) return EMPTY
    const entries = Object.entries(attributes)
    const namesOf = (list: typeof entries) => new Set(list.map(([attribute]) => attribute))
    return {
      names: namesOf(entries),
      sets: namesOf(entries.filter(([, of]) => resolve(of).type === 'Set')),
      required: namesOf(entries.filter(([, { required }]) => required !== false)),
    }
  }

  return {
    text: source.text,
    actions: actionsOf(namespaces, (context) => {
      const token = context === undefined ? undefined : resolve(context).attributes?.['token']
      return { context: declared(context), token: token && declared(token) }
    }),
    attributesOf(entityType) {
      const [namespace, local] = splitName(entityType)
      const type = namespaces.get(namespace)?.entityTypes[local]
      return type && declared(type.shape)
    },
  }
}

function actionsOf(
  namespaces: ReadonlyMap<string, NamespaceJson>,
  contextOf: (context: TypeJson | undefined) => Pick<ActionDeclaration, 'context' | 'token'>,
): ReadonlyMap<string, ActionDeclaration> {
  const all = [...namespaces].flatMap(([namespace, { actions }]) =>
    Object.entries(actions).map(([id, action]) => [actionKey(namespace, id), action, namespace] as const),
  )
  const groups = new Map(
    all.map(([key, { memberOf = [] }, namespace]) => [
      key,
      memberOf.map(({ type, id }) => (type === undefined ? actionKey(namespace, id) : entityKey({ type, id }))),
    ]),
  )
  return new Map(
    all.map(([key, { appliesTo }]) => [
      key,
      {
        ancestors: ancestorsOf(key, groups),
        principalTypes: appliesTo?.principalTypes ?? [],
        resourceTypes: appliesTo?.resourceTypes ?? [],
        ...contextOf(appliesTo?.context),
      },
    ]),
  )
}

function ancestorsOf(key: string, groups: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>()
  const open = [...(groups.get(key) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue
    found.add(next)
    open.push(...(groups.get(next) ?? []))
  }
  return found
}

/** What is wrong with policies by the schema: errors, and policies that can never apply, which the service refuses too. */
export function validatePolicies(
  engine: CedarEngine,
  option: string,
  schema: Schema,
  policies: readonly Policy[],
): readonly string[] {
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]))
  const answer = engine.validate({ schema: schema.text, policies: { staticPolicies } })
  if (answer.type === 'failure') {
    return answer.errors.map((problem) => describeProblem({ name: option, text: '' }, problem))
  }
  const impossible = answer.validationWarnings.filter(({ error }) => error.message.includes('policy is impossible'))
  return [...answer.validationErrors, ...impossible].map(({ policyId, error }) => {
    const policy = policies.find(({ id }) => id === policyId)
    return policy === undefined ? error.message : describePolicyProblem(policy, error)
  })
}

/** An entity as policies write it, which tells it from every other. */
export function entityKey({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}::${JSON.stringify(id)}`
}

function actionKey(namespace: string, id: string): string {
  return entityKey({ type: namespace === '' ? 'Action' : `${namespace}::Action`, id })
}

function splitName(name: string): [namespace: string, local: string] {
  const at = name.lastIndexOf('::')
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 2)]
}

function textOf(engine: CedarEngine, option: string, name: string, schema: object): string {
  const answer = engine.schemaToText(schema)
  if (answer.type === 'failure') throw new ConfigurationError(option, problemsOf({ name, text: '' }, answer))
  return answer.text
}
