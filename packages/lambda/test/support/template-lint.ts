import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec'
import type { PropertyType, Resource, SpecDatabase, TypeDefinition } from '@aws-cdk/service-spec-types'
import type { TemplateResource } from '../../src/wiring/index.js'

let loaded: Promise<SpecDatabase> | undefined

/**
 * Holds resources to the specification that AWS publishes of them, and that CDK is generated from: types, names and kinds of
 * properties, and what must be there. Returns what is wrong, one line each.
 */
export async function lint(resources: Readonly<Record<string, TemplateResource>>): Promise<readonly string[]> {
  loaded ??= loadAwsServiceSpec()
  const db = await loaded
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    const [resource] = db.lookup('resource', 'cloudFormationType', 'equals', Type)
    return resource === undefined ? [`${id}: no resource ${Type}`] : lintObject(db, id, resource, Properties)
  })
}

function lintObject(
  db: SpecDatabase,
  path: string,
  { properties }: Pick<Resource | TypeDefinition, 'properties'>,
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(properties, name))
  const missing = Object.entries(properties).filter(
    ([name, { required }]) => required === true && !Object.hasOwn(given, name),
  )
  return [
    ...unknown.map((name) => `${path}: no property ${name}`),
    ...missing.map(([name]) => `${path}: ${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const type = properties[name]?.type
      return type === undefined ? [] : lintValue(db, `${path}.${name}`, type, value)
    }),
  ]
}

function lintValue(db: SpecDatabase, path: string, type: PropertyType, value: unknown): readonly string[] {
  if (isFunction(value)) return []
  const wrong = [`${path}: ${JSON.stringify(value)} is no ${type.type}`]
  switch (type.type) {
    case 'string':
      return typeof value === 'string' ? [] : wrong
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrong
    case 'integer':
    case 'number':
      return typeof value === 'number' ? [] : wrong
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, at) => lintValue(db, `${path}[${at}]`, type.element, item))
        : wrong
    case 'ref':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? lintObject(db, path, db.get('typeDefinition', type.reference.$ref), value as Record<string, unknown>)
        : wrong
    default:
      return []
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'object' && value !== null && /^(?:Ref|Fn::\w+)$/.test(Object.keys(value).join())
}
