import { revocationSteps, rotationSteps } from './changing.js'
import { boundSteps, connectionSteps, pinnedSteps } from './entering.js'
import type { RunningDemo } from './running-demo.js'
import type { Step } from './step.js'

/** Steps under one heading. */
interface Chapter {
  readonly heading: string
  readonly steps: readonly Step[]
}

export function chapters(demo: RunningDemo): readonly Chapter[] {
  return [
    { heading: 'Who gets a connection', steps: connectionSteps(demo) },
    { heading: 'Tokens that the authorization server has bound to a certificate', steps: boundSteps(demo) },
    { heading: 'Amazon Cognito binds none: clients are pinned to their certificates', steps: pinnedSteps(demo) },
    { heading: 'Aurora changes to its next certificate', steps: rotationSteps(demo) },
    { heading: 'Borealis is revoked', steps: revocationSteps(demo) },
  ]
}
