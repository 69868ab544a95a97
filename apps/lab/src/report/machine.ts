import { arch, cpus, platform, totalmem } from 'node:os'
import type { LabResults } from './results.ts'

/** What the figures were measured on. */
export function thisMachine(): LabResults['machine'] {
  const [first, ...others] = cpus()
  return {
    cpu: first?.model.trim() || 'unknown processor',
    cores: others.length + 1,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
  }
}
