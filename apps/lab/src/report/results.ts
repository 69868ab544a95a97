import type { IssuerExplanation } from '@tokenward/core'
import type { Workload } from '../measurements/load.ts'

/** What `npm run lab` found, as it stands in `results.json`. */
export interface LabResults {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGiB: number
    readonly platform: string
  }
  /** The version of Node. */
  readonly node: string
  /** ISO 8601. */
  readonly date: string
  readonly workload: Workload
  readonly pollMs: number
  readonly outageMs: number
  readonly clockToleranceMs: number
  /** The same API without protection. */
  readonly unprotected: Latency
  readonly settings: readonly SettingResult[]
}

/** Of requests that were granted, as their clients saw it. */
export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface SettingResult extends Latency {
  /** The policy's `maxRevocationLag`. */
  readonly setting: string
  readonly tokens: string
  /** How a revocation becomes known. */
  readonly source: string
  readonly upstreamPer1000: number
  readonly lagBoundMs: number
  readonly lagMeasuredMs: { readonly median: number; readonly max: number; readonly n: number }
  /** `undefined` where none was made. */
  readonly outage: OutageResult | undefined
}

export interface OutageResult {
  /** What `explain` says an outage does. */
  readonly declared: IssuerExplanation['duringOutage']
  readonly granted: number
  readonly unavailable: number
  readonly refused: number
  /** From the beginning of the outage to the last grant; `null` when there was none. */
  readonly grantedUntilMs: number | null
  /** From the end of the outage to the first request since which all are granted. */
  readonly backAfterMs: number
}
