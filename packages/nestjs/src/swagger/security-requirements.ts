import type { OpenAPIObject } from '@nestjs/swagger'
import { type CompiledPolicy, ConfigurationError } from '@tokenward/core'

type AnyPolicy = CompiledPolicy<unknown>

/** A scheme that can bring an access token. */
interface Scheme {
  readonly name: string
  /** Whether its requirements list scopes; those of other schemes must be empty (OpenAPI 3.0 §4.8.30). */
  readonly listsScopes: boolean
}

interface SecurityScheme {
  readonly type: string
  readonly scheme?: string
  readonly flows?: object
}

interface Flow {
  scopes?: Record<string, string>
}

const BEARER = 'bearer'

/** Every scheme of the document that can bring an access token; one is added where there is none. */
export function securitySchemesOf(document: OpenAPIObject, named: readonly string[] | undefined): readonly Scheme[] {
  const all = schemesIn(document)
  const unknown = named?.find((name) => !Object.hasOwn(all, name))
  if (unknown !== undefined) {
    throw new ConfigurationError(
      'createProtectedDocument.schemes',
      `names ${unknown}, which the document does not have; add it to the DocumentBuilder`,
    )
  }
  const chosen = Object.entries(all).filter(([name, scheme]) => named?.includes(name) ?? bringsToken(scheme))
  if (chosen.length > 0) return chosen.map(([name, { type }]) => ({ name, listsScopes: type !== 'http' }))
  document.components = {
    ...document.components,
    securitySchemes: { ...document.components?.securitySchemes, [BEARER]: { type: 'http', scheme: 'bearer' } },
  }
  return [{ name: BEARER, listsScopes: false }]
}

/** Each way to meet a policy: any of the schemes, with any combination of the scopes of which one is enough. */
export function securityOf({ scopes, anyScope }: AnyPolicy, schemes: readonly Scheme[]): Record<string, string[]>[] {
  const combinations = anyScope.reduce<string[][]>(
    (some, list) => some.flatMap((combination) => list.map((scope) => [...combination, scope])),
    [[...scopes]],
  )
  return schemes.flatMap(({ name, listsScopes }) =>
    listsScopes ? combinations.map((combination) => ({ [name]: [...new Set(combination)] })) : [{ [name]: [] }],
  )
}

/** A requirement may name only scopes that the scheme declares. */
export function declareScopes(document: OpenAPIObject, { scopes, anyScope }: AnyPolicy): void {
  for (const { flows = {} } of Object.values(schemesIn(document))) {
    for (const flow of Object.values(flows) as Flow[]) {
      flow.scopes ??= {}
      for (const scope of [...scopes, ...anyScope.flat()]) flow.scopes[scope] ??= ''
    }
  }
}

function schemesIn({ components }: OpenAPIObject): Record<string, SecurityScheme> {
  return (components?.securitySchemes ?? {}) as Record<string, SecurityScheme>
}

function bringsToken({ type, scheme }: SecurityScheme): boolean {
  return type === 'oauth2' || type === 'openIdConnect' || (type === 'http' && scheme?.toLowerCase() === 'bearer')
}
