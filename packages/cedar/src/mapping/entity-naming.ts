import type { EntityReference } from '@tokenward/core'
import { ConfigurationError } from '@tokenward/core/errors'
import { MAX_LENGTHS } from './request-limits.js'
import { Unmappable } from './unmappable.js'
import { wellFormed } from './value-writer.js'

/** How principals, groups, actions and resources are called in the policies. */
export interface EntityNamingOptions {
  /** Goes before every type that has none: `'Shop'` makes `Order` a `Shop::Order`. Default: no namespace. */
  readonly namespace?: string | undefined
  /** Type of principals: the `principalEntityType` of an identity source. Default `'User'`. */
  readonly principalType?: string | undefined
  /** Type of groups: the `groupEntityType` of an identity source. Default `'UserGroup'`. */
  readonly groupType?: string | undefined
  /**
   * What routes without a `resource` act upon. Default `Application::"<namespace>"`, as in a policy store that is linked to
   * an API; without a namespace `Application::"Application"`.
   */
  readonly application?: EntityReference | undefined
  /**
   * What comes before `|` in the ids of principals and groups, by issuer: `entityIdPrefix` of an identity source. Default:
   * the id of the user pool for an issuer of Cognito, and for others the issuer without `https://`.
   */
  readonly idPrefixes?: Readonly<Record<string, string>> | undefined
}

export const NAMING_OPTIONS = ['namespace', 'principalType', 'groupType', 'application', 'idPrefixes'] as const

export interface EntityNaming {
  readonly principalType: string
  readonly groupType: string
  readonly actionType: string
  readonly application: EntityReference
  /** What comes before `|` in the ids of an issuer's principals and groups. */
  prefixOf(issuer: string): string
  /** A group of the issuer that has the prefix. Throws {@link Unmappable}. */
  group(prefix: string, group: string): EntityReference
  /** Puts the namespace before a type that has none. */
  qualify(type: string): string
  /** A reference as Cedar takes it. Throws {@link Unmappable}. */
  reference(path: string, reference: EntityReference): EntityReference
}

const NAME = /^(?:[_a-zA-Z][_a-zA-Z0-9]*::)*[_a-zA-Z][_a-zA-Z0-9]*$/

/** Types whose names need no second look. */
const MAX_KNOWN_TYPES = 200

/** Groups of one issuer that are not put together for each token anew. */
const MAX_KNOWN_GROUPS = 1_000

/** An issuer of Cognito, ORIGINAL or UPDATED, and the pool in it, whose id begins with the Region of the host. */
const COGNITO_ISSUER =
  /^https:\/\/(?:issuer-)?cognito-idp\.([a-z0-9-]+)\.amazonaws\.(?:com|com\.cn|eu)\/(\1_[A-Za-z0-9]{1,64})$/

const SHARED_PREFIX = 'gives two issuers the same prefix: their principals would be the same to policies'

const UNCLEAR_PREFIX = "needs a prefix for an issuer that has a '|' itself: its ids could be those of another issuer"

export function entityNaming(owner: string, options: EntityNamingOptions): EntityNaming {
  const { namespace, principalType = 'User', groupType = 'UserGroup', application, idPrefixes = {} } = options
  checkName(`${owner}.namespace`, namespace ?? 'None')
  checkName(`${owner}.principalType`, principalType)
  checkName(`${owner}.groupType`, groupType)
  checkPrefixes(`${owner}.idPrefixes`, idPrefixes)

  const qualify = (type: string) => (namespace === undefined || type.includes('::') ? type : `${namespace}::${type}`)
  const qualifiedTypes = new Map<string, string>()

  function typeOf(path: string, type: unknown): string {
    const known = qualifiedTypes.get(type as string)
    if (known !== undefined) return known
    if (typeof type !== 'string' || !NAME.test(type)) throw new Unmappable(`${path}.type`, 'is no name of a type')
    const qualified = qualify(type)
    checkLength(`${path}.type`, qualified, MAX_LENGTHS.type)
    // Few, unless an application makes them up.
    if (qualifiedTypes.size < MAX_KNOWN_TYPES) qualifiedTypes.set(type, qualified)
    return qualified
  }

  const reference = (path: string, { type, id }: EntityReference): EntityReference => {
    const qualified = typeOf(path, type)
    checkLength(`${path}.id`, id, MAX_LENGTHS.id)
    return { type: qualified, id: wellFormed(`${path}.id`, id) }
  }

  const groups = new Map<string, Map<string, EntityReference>>()
  const prefixes = new Map<string, string>()
  const owners = new Map<string, string>()
  return {
    principalType: qualify(principalType),
    groupType: qualify(groupType),
    actionType: qualify('Action'),
    application: checkApplication(
      owner,
      application ?? { type: 'Application', id: namespace ?? 'Application' },
      reference,
    ),
    prefixOf(issuer) {
      const known = prefixes.get(issuer)
      if (known !== undefined) return known
      const declared = Object.hasOwn(idPrefixes, issuer) ? idPrefixes[issuer] : undefined
      // Both issuers of a pool have the same users.
      const pool = COGNITO_ISSUER.exec(issuer)?.[2]
      const prefix = declared ?? pool ?? issuer.replace(/^https:\/\//, '')
      const identity = pool ?? issuer
      if (prefix.includes('|')) throw new ConfigurationError(`${owner}.idPrefixes`, UNCLEAR_PREFIX)
      if ((owners.get(prefix) ?? identity) !== identity) {
        throw new ConfigurationError(`${owner}.idPrefixes`, SHARED_PREFIX)
      }
      owners.set(prefix, identity)
      prefixes.set(issuer, prefix)
      return prefix
    },
    group(prefix, group) {
      let known = groups.get(prefix)
      if (known === undefined) groups.set(prefix, (known = new Map()))
      const before = known.get(group)
      if (before !== undefined) return before
      const made = reference('principal.groups', { type: groupType, id: `${prefix}|${group}` })
      if (known.size < MAX_KNOWN_GROUPS) known.set(group, made)
      return made
    },
    qualify,
    reference,
  }
}

function checkName(option: string, name: unknown): void {
  if (typeof name === 'string' && NAME.test(name) && name.length <= MAX_LENGTHS.type) return
  throw new ConfigurationError(option, "must be a name of Cedar: letters, digits and '_', with '::' between parts")
}

function checkPrefixes(option: string, prefixes: unknown): void {
  if (typeof prefixes !== 'object' || prefixes === null || Array.isArray(prefixes)) {
    throw new ConfigurationError(option, 'must give each issuer its prefix: { [issuer]: prefix }')
  }
  const given = Object.values(prefixes)
  // A prefix with `|` would make the id of one issuer's principal that of another's.
  if (!given.every((prefix) => typeof prefix === 'string' && prefix !== '' && !prefix.includes('|'))) {
    throw new ConfigurationError(option, "must hold prefixes that are not empty and have no '|'")
  }
  if (new Set(given).size < given.length) {
    throw new ConfigurationError(option, SHARED_PREFIX)
  }
}

function checkApplication(
  owner: string,
  given: EntityReference,
  reference: EntityNaming['reference'],
): EntityReference {
  try {
    return reference('application', { type: given.type, id: given.id })
  } catch {
    throw new ConfigurationError(`${owner}.application`, 'must have a type and an id, both non-empty texts')
  }
}

export function checkLength(path: string, text: unknown, max: number): asserts text is string {
  if (typeof text === 'string' && text !== '' && text.length <= max) return
  throw new Unmappable(path, `must be a text of 1 to ${max} characters`)
}
