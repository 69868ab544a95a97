import type { World } from './world.js'

/** Behaviour that not every app needs. */
export type ConformanceCapability = 'step-up' | 'sender-constraints'

/** One case, as it is written. */
export interface CaseDefinition {
  /** What every adapter does, in the present tense. */
  readonly title: string
  /** Whether the case disturbs its issuers or moves time, so that it needs an app of its own. */
  readonly ownWorld: boolean
  /** What an adapter must name to be asked. */
  readonly capability?: ConformanceCapability
  /** Throws where the adapter does otherwise. */
  readonly check: (world: World) => Promise<void>
}

/** A case that leaves everything as it was, and so can share an app with others. */
export function shared(title: string, check: CaseDefinition['check']): CaseDefinition {
  return { title, ownWorld: false, check }
}

/** A case about bound tokens, which need an app where tokens may be bound. */
export function bound(title: string, check: CaseDefinition['check']): CaseDefinition {
  return { ...shared(title, check), capability: 'sender-constraints' }
}

/** A case with an app and issuers of its own. */
export function alone(title: string, check: CaseDefinition['check']): CaseDefinition {
  return { title, ownWorld: true, check }
}
