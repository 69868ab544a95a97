import { ConfigurationError } from '../outcomes/errors.js'
import { isRecord } from '../strategy/decision-demand.js'
import type { PolicyResource } from '../vocabulary/policy-input.js'
import type { DecisionResource } from './policy-decision-point.js'

/** Who is told when attributes cannot be had, whatever the decision point makes of it. */
interface LoaderWatch {
  readonly onUnknown: () => void
  readonly onFailure: (error: unknown) => void
}

/** A resource whose attributes are loaded once, and only when somebody asks. */
export function decisionResource(
  { type, id, parents = [], attributes = {} }: PolicyResource,
  { onUnknown, onFailure }: LoaderWatch,
): DecisionResource {
  async function load(): Promise<object> {
    try {
      const loaded: unknown = typeof attributes === 'function' ? await attributes() : attributes
      if (isRecord(loaded)) return loaded
      if (loaded !== null && loaded !== undefined) {
        throw new ConfigurationError('policy.resource.attributes', 'must load an object, or nothing')
      }
      onUnknown()
    } catch (error) {
      onFailure(error)
    }
    // What was thrown may hold what nobody should see; the reason is reported elsewhere.
    throw new Error('The attributes of the resource cannot be had')
  }

  let loading: Promise<object> | undefined
  return Object.freeze({
    type,
    id,
    parents,
    attributes() {
      if (loading === undefined) {
        loading = load()
        // Whoever asked may not wait for it.
        loading.catch(() => {})
      }
      return loading
    },
  })
}
