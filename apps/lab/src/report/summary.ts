import type { LoadMeasurement } from '../measurements/load.ts'
import type { OutageMeasurement } from '../measurements/outage.ts'
import { percentile, rounded } from '../measurements/statistics.ts'
import type { Latency, OutageResult, SettingResult } from './results.ts'
import type { MeasuredSetting } from '../run-lab.ts'

/** The figures of a setting that people read. */
export function summaryOf({ running, load, trials, outage }: MeasuredSetting): SettingResult {
  const { setting, explanation } = running
  const lags = trials.map(({ refusedAfter }) => refusedAfter)
  return {
    setting: setting.maxRevocationLag,
    tokens: setting.tokensOf,
    source: setting.source,
    ...latencyOf(load),
    upstreamPer1000: Math.round((1_000 * load.upstreamCalls) / load.latencies.length),
    lagBoundMs: setting.lagBoundMs,
    lagMeasuredMs: { median: rounded(percentile(lags, 0.5)), max: rounded(Math.max(...lags)), n: lags.length },
    outage: outage && outageResultOf(outage, explanation.duringOutage),
  }
}

export function latencyOf({ latencies }: LoadMeasurement): Latency {
  return { p50Ms: rounded(percentile(latencies, 0.5)), p99Ms: rounded(percentile(latencies, 0.99)) }
}

function outageResultOf(measured: OutageMeasurement, declared: OutageResult['declared']): OutageResult {
  const { granted, unavailable, refused, grantedUntil, backAfter } = measured
  return {
    declared,
    granted,
    unavailable,
    refused,
    grantedUntilMs: grantedUntil === undefined ? null : Math.round(grantedUntil),
    backAfterMs: Math.round(backAfter),
  }
}
