import {
  BatchIsAuthorizedCommand,
  BatchIsAuthorizedWithTokenCommand,
  IsAuthorizedCommand,
  IsAuthorizedWithTokenCommand,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions'
import type { Decision } from '@tokenward/core'
import { decisionOf } from './store-answer.js'
import type { Caller, StoreQuestion } from './store-question.js'

/** What is used of a client of the AWS SDK. */
export type VerifiedPermissionsSender = Pick<VerifiedPermissionsClient, 'send'>

/** The four operations that decide. */
export interface PolicyStore {
  one(question: StoreQuestion, signal: AbortSignal): Promise<Decision>
  /** About the same caller, two to thirty. */
  many(questions: readonly StoreQuestion[], signal: AbortSignal): Promise<readonly Decision[]>
}

export function policyStore(client: VerifiedPermissionsSender, policyStoreId: string): PolicyStore {
  return {
    async one({ caller, request, entities }, abortSignal) {
      const input = { policyStoreId, ...caller, ...request, ...entitiesOf(entities) }
      return decisionOf(
        isPrincipal(caller)
          ? await client.send(new IsAuthorizedCommand(input), { abortSignal })
          : await client.send(new IsAuthorizedWithTokenCommand(input), { abortSignal }),
      )
    },
    async many(questions, abortSignal) {
      const { caller } = questions[0] as StoreQuestion
      const input = { policyStoreId, ...entitiesOf(distinctEntities(questions)) }
      const requests = questions.map(({ request }) => (isPrincipal(caller) ? { ...caller, ...request } : request))
      const { results = [] } = isPrincipal(caller)
        ? await client.send(new BatchIsAuthorizedCommand({ ...input, requests }), { abortSignal })
        : await client.send(new BatchIsAuthorizedWithTokenCommand({ ...input, ...caller, requests }), { abortSignal })
      return questions.map((question, index) => {
        const result = results[index]
        return decisionOf(result !== undefined && isAbout(result.request, question) ? result : {})
      })
    },
  }
}

function isPrincipal(caller: Caller): caller is Extract<Caller, { principal: unknown }> {
  return 'principal' in caller
}

function entitiesOf(entityList: StoreQuestion['entities']) {
  return entityList.length === 0 ? {} : { entities: { entityList: [...entityList] } }
}

/** Each is said once; that all say the same of it was seen before. */
function distinctEntities(questions: readonly StoreQuestion[]): StoreQuestion['entities'] {
  return [
    ...new Map(questions.flatMap(({ entities }) => entities).map((item) => [JSON.stringify(item), item])).values(),
  ]
}

/** What an answer of a batch repeats of its request. */
interface Echo {
  readonly action?: { readonly actionId: string | undefined } | undefined
  readonly resource?: { readonly entityId: string | undefined } | undefined
}

/** Answers come in the order of the requests and repeat them: one that does not belong here decides nothing. */
function isAbout(echoed: Echo | undefined, { request: { action, resource } }: StoreQuestion): boolean {
  return echoed?.action?.actionId === action.actionId && echoed?.resource?.entityId === resource.entityId
}
