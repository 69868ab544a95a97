import { setTimeout as sleep } from 'node:timers/promises'
import { disconnect } from './measurements/client.ts'
import { type LoadMeasurement, measureLoad, type Workload } from './measurements/load.ts'
import { measureOutage, type OutageMeasurement, type OutagePlan } from './measurements/outage.ts'
import { measureRevocationLag, type Trial } from './measurements/revocation-lag.ts'
import { issueTokens } from './measurements/tokens.ts'
import { serveApi } from './servers/protected-api.ts'
import { type RunningSetting, type Setting, startSetting } from './settings/setting.ts'

/** What is measured, and how much of it. */
export interface LabPlan {
  readonly settings: readonly Setting[]
  readonly workload: Workload
  /** Tokens that are revoked in each setting. */
  readonly trials: number
  /** `undefined`: no outage. */
  readonly outage?: OutagePlan
  /** Waits for tokens to end while other settings are under load. It costs a little precision. */
  readonly inAHurry?: boolean
  /** Told of each part before it begins. */
  readonly onProgress?: (part: string) => void
}

export interface MeasuredSetting {
  readonly running: Pick<RunningSetting, 'setting' | 'explanation'>
  readonly load: LoadMeasurement
  readonly trials: readonly Trial[]
  readonly outage: OutageMeasurement | undefined
}

/** Loads run one after another, so that no setting slows another down. What mostly waits runs at once. */
export async function runLab(plan: LabPlan): Promise<readonly MeasuredSetting[]> {
  const { workload, outage, inAHurry = false, onProgress = () => {} } = plan
  onProgress('starting servers')
  const benches = await Promise.all(plan.settings.map((setting) => prepare(setting, plan)))
  const loads: LoadMeasurement[] = []
  const trials: Promise<Trial[]>[] = []
  for (const [index, { running, tokens, readyAt }] of benches.entries()) {
    const { setting } = running
    onProgress(`load: ${setting.maxRevocationLag}, ${setting.tokensOf}, ${setting.source}`)
    await sleep(Math.max(0, readyAt - performance.now()))
    loads.push(await measureLoad(running, workload, tokens.load))
    if (inAHurry && setting.lagBoundMs > 0) trials[index] = beginTrials(benches[index] as Bench)
  }
  onProgress('revocations')
  for (const [index, bench] of benches.entries()) {
    const running = (trials[index] ??= beginTrials(bench))
    // These take no time to speak of, and should not share it.
    if (bench.running.setting.lagBoundMs === 0) await running
  }
  const allTrials = await Promise.all(trials)
  onProgress('outages')
  const outages = await Promise.all(
    benches.map(({ running, tokens }) => outage && measureOutage(running, outage, tokens.outage)),
  )
  disconnect()
  await Promise.all(benches.map(({ running }) => running.close()))
  return benches.map(({ running }, index) => ({
    running,
    load: loads[index] as LoadMeasurement,
    trials: allTrials[index] as Trial[],
    outage: outages[index],
  }))
}

/** The same load on the same API without protection, to compare with. */
export async function measureUnprotected(workload: Workload): Promise<LoadMeasurement> {
  const { ordersUrl, close } = await serveApi()
  const measured = await measureLoad({ ordersUrl, upstream: { calls: 0 } }, workload, ['first', 'second'])
  disconnect()
  await close()
  return measured
}

/** A setting with the tokens it is measured with. */
type Bench = Awaited<ReturnType<typeof prepare>>

async function prepare(setting: Setting, { workload, trials, outage }: LabPlan) {
  const running = await startSetting(setting)
  const issue = (count: number) => issueTokens(running.upstream, count)
  const [load, forTrials, forOutage] = await Promise.all([
    issue(workload.tokens + 1),
    issue(trials),
    issue(outage?.tokens ?? 0),
  ])
  return {
    running,
    tokens: { load, trials: forTrials, outage: forOutage },
    /** By then they are older than the bound: their age alone proves nothing. */
    readyAt: performance.now() + (setting.lifetime === undefined ? setting.lagBoundMs : 0),
  }
}

function beginTrials(bench: Bench): Promise<Trial[]> {
  const trials = runTrials(bench)
  // It is waited for later; until then a failure is nobody's.
  trials.catch(() => {})
  return trials
}

async function runTrials({ running, tokens }: Bench): Promise<Trial[]> {
  const { setting, upstream } = running
  const shortLived = setting.lifetime && (await issueTokens(upstream, tokens.trials.length, setting.lifetime))
  return measureRevocationLag(running, shortLived || tokens.trials)
}
