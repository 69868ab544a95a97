import { type ApiDescription, type RouteDescription, userPoolsOf } from './api-description.js'
import { cedarString } from './schema-text.js'

/** One policy for each route, which permits exactly what the route's scopes and groups let in. */
export function scopePolicies(description: ApiDescription): readonly string[] {
  const ids = policyIds(description.routes.map(({ action }) => action))
  return description.routes.map((route, index) => policyText(route, ids[index] as string, description))
}

function policyText(route: RouteDescription, id: string, description: ApiDescription): string {
  const { action, resource = 'Application' } = route
  const { namespace } = description
  const groups = groupReferences(route, description)
  const [only] = groups
  const principal = groups.length === 1 ? `principal in ${only}` : 'principal'
  const conditions = [
    ...(groups.length > 1 ? [groups.map((group) => `principal in ${group}`).join(' || ')] : []),
    ...scopeConditions(route),
  ]
  const when = conditions.map((condition) => `\nwhen { ${condition} }`).join('')
  return `// ${summaryOf(route)}
@id(${cedarString(id)})
permit (${principal}, action == ${namespace}::Action::${cedarString(action)}, resource is ${namespace}::${resource})${when};
`
}

function scopeConditions({ scopes, anyScope }: RouteDescription): readonly string[] {
  const asked = [
    ...(scopes === undefined ? [] : [contains(scopes, 'containsAll')]),
    ...(anyScope === undefined ? [] : [contains(anyScope, 'containsAny')]),
  ]
  return asked.length === 0 ? [] : [`context.token has scope && ${asked.join(' && ')}`]
}

function contains(scopes: readonly string[], several: string): string {
  const list = [...new Set(scopes)].map(cedarString)
  return list.length === 1
    ? `context.token.scope.contains(${list[0]})`
    : `context.token.scope.${several}([${list.join(', ')}])`
}

function groupReferences({ groups = [] }: RouteDescription, description: ApiDescription): readonly string[] {
  return [...new Set(groups)].flatMap((group) =>
    userPoolsOf(description).map((pool) => `${description.namespace}::UserGroup::${cedarString(`${pool}|${group}`)}`),
  )
}

/** In words, on one line, whatever the names hold. */
function summaryOf({ scopes, anyScope, groups, anyToken }: RouteDescription): string {
  const parts = [
    ...(scopes === undefined ? [] : [`scope ${scopes.join(' and ')}`]),
    ...(anyScope === undefined ? [] : [`scope ${anyScope.join(' or ')}`]),
    ...(groups === undefined ? [] : [`group ${groups.join(' or ')}`]),
    ...(anyToken === true ? ['any token'] : []),
  ]
  return parts.join('; ').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

/** Names that a policy store takes as well: letters, digits, `-`, `/` and `_`, 145 at most. */
function policyIds(actions: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return actions.map((action) => {
    const readable =
      action
        .replaceAll(/[^a-zA-Z0-9/_]+/g, '-')
        .replaceAll(/^-+|-+$/g, '')
        .slice(0, 140) || 'action'
    let id = readable
    for (let count = 2; taken.has(id); count += 1) id = `${readable}-${count}`
    taken.add(id)
    return id
  })
}
