import type { GroupName } from './groups.ts'
import type { Row } from './rows/row.ts'

/** When and where figures come from. */
export interface MeasuredOn {
  readonly date: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  /** Whether everything was shortened. */
  readonly quick: boolean
}

/** What `results.json` holds. */
export interface Results {
  /** By group: each can be measured alone. */
  readonly measuredOn: Readonly<Partial<Record<GroupName, MeasuredOn>>>
  readonly rows: readonly Row[]
}

export function rowsOf({ rows }: Results, group: GroupName): readonly Row[] {
  return rows.filter((row) => row.group === group)
}
