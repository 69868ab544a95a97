import type { Decision, DecisionRequest, Duration, PolicyDecisionPoint } from '@tokenward/core'
import { ConfigurationError } from '@tokenward/core/errors'
import { type CedarInstance, loadCedarEngine } from '../engine/cedar-engine.js'
import { type EntitiesOption, entitySource } from '../mapping/cedar-entity.js'
import { cedarJsonWriter } from '../mapping/cedar-json.js'
import { cedarQuestion, type QuestionNeeds } from '../mapping/cedar-question.js'
import { type EntityNamingOptions, entityNaming, NAMING_OPTIONS } from '../mapping/entity-naming.js'
import { Unmappable } from '../mapping/unmappable.js'
import { checkOptionNames } from '../options.js'
import type { Slice } from './action-slices.js'
import { evaluate } from './evaluation.js'
import { namespaceHint } from './known-actions.js'
import { haveChanged, isSchemaFile, type LoadedPolicies, loadPolicies, type SchemaOption } from './loaded-policies.js'
import { type PoliciesOption, policyFiles } from './policy-source.js'
import { watchPaths } from './policy-watch.js'

/** What a local decision point is made of. */
export interface CedarDecisionPointOptions extends EntityNamingOptions {
  /**
   * The policies: Cedar text, or `{ files }`. A policy is called by its annotation `@id("…")` or, without one, by its
   * source and number. Policies that do not parse, or do not fit the schema, are a `ConfigurationError` with line and reason.
   */
  readonly policies: PoliciesOption
  /**
   * The schema: Cedar text, its JSON, or `{ file }`. Policies are checked against it once, requests each time. Default none:
   * nothing is checked, and every claim stands in `context.token`.
   */
  readonly schema?: SchemaOption | undefined
  /** Entities beside the resource. Default none. */
  readonly entities?: EntitiesOption | undefined
  /**
   * Reads the files again when they change, and is told what came of it. What does not load leaves the policies before it in
   * force. Default: files are read once. Only with files.
   */
  readonly watch?: ((reload: PolicyReload) => unknown) | undefined
  /** Whether each action gets a set of the policies that can apply to it. Default `true`: faster, with the same decisions. */
  readonly sliceByAction?: boolean | undefined
  /**
   * Whether a request that Verified Permissions would not take, of more than 1 MB or with more than 99 parents of principal or
   * resource, is refused here as well. Default `true`: both decide the same.
   */
  readonly serviceLimits?: boolean | undefined
  /** An initialised instance of `@cedar-policy/cedar-wasm`, for bundles. Default: loads its entry `./nodejs`. */
  readonly cedar?: CedarInstance | undefined
  /** Longest time for one decision, what loads the resource included. Default `'3s'`, range `'100ms'` to `'30s'`. */
  readonly timeout?: Duration | undefined
}

/** What came of reading policies again. */
export type PolicyReload =
  | {
      /** The new policies are in force. */
      readonly outcome: 'reloaded'
      /** How many there are. */
      readonly policies: number
    }
  | {
      /** The policies before them stay in force. */
      readonly outcome: 'refused'
      /** Why, with line and reason. */
      readonly error: ConfigurationError
    }

/** Decides by Cedar policies in this process. */
export interface CedarDecisionPoint extends PolicyDecisionPoint {
  /** Decides. Data that cannot be evaluated is `'request-data'`; an action that the schema lacks `'configuration'`. */
  decide(request: DecisionRequest): Promise<Decision>
  /** Refuses an action that no policy and no schema knows, and a resource that the schema does not allow it on. */
  prepare(question: { readonly action: string | undefined; readonly resourceType: string | undefined }): void
  /** Which policies can decide the question. */
  explain(question: { readonly action: string | undefined; readonly resourceType: string | undefined }): string
  /** Reads the policies again. Throws a `ConfigurationError` for what does not load; the policies before stay in force. */
  reload(): void
  /** Stops watching files, and frees the policies. Decides nothing afterwards. */
  close(): void
}

const OWNER = 'cedarDecisionPoint'
const OPTIONS = [
  'policies',
  'schema',
  'entities',
  'watch',
  'sliceByAction',
  'serviceLimits',
  'cedar',
  'timeout',
  ...NAMING_OPTIONS,
]

/** A decision point for `createResourceServer({ decisionPoint })` that evaluates Cedar in this process. */
export function cedarDecisionPoint(options: CedarDecisionPointOptions): CedarDecisionPoint {
  checkOptionNames(OWNER, options, OPTIONS)
  const { policies, schema, sliceByAction = true, serviceLimits = true, watch, timeout } = options
  for (const [name, value] of Object.entries({ sliceByAction, serviceLimits })) {
    if (typeof value !== 'boolean') throw new ConfigurationError(`${OWNER}.${name}`, 'must be true or false')
  }
  const naming = entityNaming(OWNER, options)
  const entities = entitySource(`${OWNER}.entities`, options.entities, naming)
  const engine = loadCedarEngine(OWNER, options.cedar)
  const settings = { engine, owner: OWNER, policies, schema, sliceByAction, naming }
  const name = `tokenward-${globalThis.crypto.randomUUID()}`
  let generation = 0
  let loaded: LoadedPolicies | undefined = loadPolicies(settings, `${name}/${generation}`)
  const watching = watchFiles()

  function current(): LoadedPolicies {
    if (loaded === undefined) throw new ConfigurationError(OWNER, 'was closed')
    return loaded
  }

  function reload(): void {
    const before = current()
    loaded = loadPolicies(settings, `${name}/${(generation += 1)}`)
    before.release()
  }

  function watchFiles(): { close(): void } | undefined {
    if (watch === undefined) return undefined
    if (typeof watch !== 'function') throw new ConfigurationError(`${OWNER}.watch`, 'must be a function')
    const paths = [...filePathsOf(policies), ...(isSchemaFile(schema) ? [schema.file] : [])]
    if (paths.length === 0) throw new ConfigurationError(`${OWNER}.watch`, 'needs policies or a schema in files')
    return watchPaths(`${OWNER}.watch`, paths, () => {
      const outcome = reloadChanged()
      // An observer must not end the process.
      if (outcome !== undefined) {
        void Promise.resolve(outcome)
          .then(watch)
          .catch(() => {})
      }
    })
  }

  function reloadChanged(): PolicyReload | undefined {
    try {
      if (!haveChanged(settings, current())) return undefined
      reload()
      return { outcome: 'reloaded', policies: current().count }
    } catch (error) {
      const known = error instanceof ConfigurationError
      return {
        outcome: 'refused',
        error: known ? error : new ConfigurationError(`${OWNER}.policies`, 'cannot be read'),
      }
    }
  }

  function needsOf({ reads }: Slice, { schema: checked }: LoadedPolicies, request: DecisionRequest): QuestionNeeds {
    const { resource } = request
    if (resource === undefined) return NOTHING
    const parents = reads.hierarchy && resource.parents.length > 0
    if (reads.attributes) return { attributes: true, parents }
    const type = naming.qualify(resource.type)
    // An entity is checked as a whole; and a user, as a resource, may be the principal whom policies read about.
    const mustBeWhole = parents && (checked?.attributesOf(type)?.required.size ?? 0) > 0
    return { attributes: mustBeWhole || type === naming.principalType, parents }
  }

  async function decide(request: DecisionRequest): Promise<Decision> {
    for (;;) {
      const policiesNow = current()
      const { key, declaration, slice, claims: declared } = policiesNow.action(request.action)
      if (policiesNow.schema !== undefined && declaration === undefined) {
        throw new ConfigurationError('policy.action', `${key} is not in the schema`)
      }
      const needs = needsOf(slice, policiesNow, request)
      const question = await cedarQuestion(request, {
        naming,
        writer: cedarJsonWriter,
        entities,
        needs,
        serviceLimits,
        declared,
      })
      // What was loaded meanwhile may need more of the resource.
      if (policiesNow === loaded) return evaluate(engine, slice, policiesNow.schemaName, question)
    }
  }

  return {
    timeout,
    async decide(request) {
      try {
        return await decide(request)
      } catch (cause) {
        if (cause instanceof Unmappable) return { decision: 'error', reason: 'request-data', cause }
        throw cause
      }
    },
    prepare({ action, resourceType }) {
      if (action === undefined) return
      const policiesNow = current()
      const { declaration, slice } = policiesNow.action(action)
      if (policiesNow.schema !== undefined && declaration === undefined) {
        throw new ConfigurationError(
          'policy.action',
          `'${action}' is not in the schema of the decision point${namespaceHint(action, policiesNow.namedActions)}`,
        )
      }
      const type = resourceType && naming.qualify(resourceType)
      if (type !== undefined && declaration !== undefined && !declaration.resourceTypes.includes(type)) {
        throw new ConfigurationError('policy.resource', `is a ${type}, to which the schema does not allow '${action}'`)
      }
      if (slice.policies.length === 0) {
        throw new ConfigurationError(
          'policy.action',
          `'${action}' is known to no policy of the decision point${namespaceHint(action, policiesNow.namedActions)}`,
        )
      }
    },
    explain({ action }) {
      if (action === undefined) return 'Cedar, by the policies for the action of each request'
      const { slice } = current().action(action)
      const names = slice.policies.map(({ id }) => id).join(', ')
      return `Cedar, by ${names}${slice.reads.attributes ? '; reads attributes of the resource' : ''}`
    },
    reload,
    close() {
      watching?.close()
      loaded?.release()
      loaded = undefined
    },
  }
}

const NOTHING: QuestionNeeds = { attributes: false, parents: false }

function filePathsOf(policies: PoliciesOption): readonly string[] {
  if (typeof policies === 'string') return []
  return [
    ...policyFiles(`${OWNER}.policies`, policies),
    ...(typeof policies.files === 'string' ? [policies.files] : policies.files),
  ]
}
