import type { AttributeValue, EntityIdentifier, EntityItem } from '@aws-sdk/client-verifiedpermissions'
import type { EntityReference } from '@tokenward/core'
import type { ValueWriter } from '../mapping/value-writer.js'
import type { WrittenEntity } from '../mapping/written-entity.js'

/** `AttributeValue` of the API reference: each value says its type. */
export const attributeValueWriter: ValueWriter<AttributeValue> = {
  boolean: (boolean) => ({ boolean }),
  long: (long) => ({ long }),
  string: (string) => ({ string }),
  set: (items) => ({ set: [...items] }),
  record: (members) => ({ record: { ...members } }),
  entity: (reference) => ({ entityIdentifier: entityIdentifier(reference) }),
  extension(kind, text) {
    switch (kind) {
      case 'ip':
        return { ipaddr: text }
      case 'decimal':
        return { decimal: text }
      case 'datetime':
        return { datetime: text }
      case 'duration':
        return { duration: text }
    }
  },
}

export function entityIdentifier({ type, id }: EntityReference): EntityIdentifier {
  return { entityType: type, entityId: id }
}

export function entityItem({ uid, attributes, parents }: WrittenEntity<AttributeValue>): EntityItem {
  return {
    identifier: entityIdentifier(uid),
    ...(Object.keys(attributes).length > 0 && { attributes: { ...attributes } }),
    ...(parents.length > 0 && { parents: parents.map(entityIdentifier) }),
  }
}
