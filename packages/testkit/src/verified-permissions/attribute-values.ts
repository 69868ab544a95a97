import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { JsonRecord } from '../jws/compact-jws.js'
import { entityAt, listAt, recordAt, textAt, unionAt } from './input.js'
import { invalid } from './service-exception.js'

const MEMBERS = [
  'boolean',
  'entityIdentifier',
  'long',
  'string',
  'set',
  'record',
  'ipaddr',
  'decimal',
  'datetime',
  'duration',
]

/** Constraints of `IpAddr`, `Decimal`, `DatetimeAttribute` and `Duration` in the service's model. */
const EXTENSIONS: Readonly<Record<string, { readonly fn: string; readonly max: number; readonly pattern: RegExp }>> = {
  ipaddr: { fn: 'ip', max: 44, pattern: /^[0-9a-fA-F.:/]*$/ },
  decimal: { fn: 'decimal', max: 23, pattern: /^-?\d{1,15}\.\d{1,4}$/ },
  datetime: { fn: 'datetime', max: 28, pattern: /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?(Z|[+-]\d{4}))?$/ },
  duration: { fn: 'duration', max: 100, pattern: /^-?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/ },
}

/** An `AttributeValue` as Cedar takes it. */
function cedarValueAt(path: string, value: unknown): CedarValueJson {
  const [member, content] = unionAt(path, value, MEMBERS)
  const extension = EXTENSIONS[member]
  if (extension !== undefined) {
    const { fn, max, pattern } = extension
    return { __extn: { fn, arg: textAt(`${path}.${member}`, content, max, pattern) } }
  }
  switch (member) {
    case 'boolean':
      if (typeof content === 'boolean') return content
      break
    case 'string':
      if (typeof content === 'string') return content
      break
    case 'long':
      if (Number.isInteger(content)) return content as number
      break
    case 'set':
      return listAt(`${path}.set`, content).map((item, index) => cedarValueAt(`${path}.set[${index}]`, item))
    case 'record':
      return cedarRecordAt(`${path}.record`, content)
    case 'entityIdentifier':
      return { __entity: entityAt(`${path}.entityIdentifier`, content) }
  }
  throw invalid(path, `is no ${member}`)
}

/** A map of `AttributeValue`s. */
export function cedarRecordAt(path: string, value: unknown): Record<string, CedarValueJson> {
  const members: JsonRecord = recordAt(path, value)
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, cedarValueAt(`${path}.${name}`, member)]),
  )
}
