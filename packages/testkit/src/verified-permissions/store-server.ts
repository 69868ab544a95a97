import type { Endpoint, EndpointMaker } from '../endpoints/endpoint.js'
import type { FakeRequest, FakeResponse, PublicServer } from '../endpoints/fake-server.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import {
  batchIsAuthorized,
  batchIsAuthorizedWithToken,
  isAuthorized,
  isAuthorizedWithToken,
  type Operation,
} from './authorization-operations.js'
import { isRecord, textAt } from './input.js'
import * as management from './management-operations.js'
import type { PolicyStore } from './policy-store.js'
import {
  exceptionAnswer,
  invalid,
  MEDIA_TYPE,
  notFound,
  serviceAnswer,
  serviceDialect,
  ServiceException,
} from './service-exception.js'
import { REGION, STORE } from './store-settings.js'

/** A store behind the address of the service, which it shares with all stores of the Region. */
export interface StoreServer extends PublicServer {
  readonly endpoints: Readonly<Record<EndpointName, Endpoint>>
}

type EndpointName =
  | 'isAuthorized'
  | 'isAuthorizedWithToken'
  | 'batchIsAuthorized'
  | 'batchIsAuthorizedWithToken'
  | 'management'

const HOST = `verifiedpermissions.${REGION}.amazonaws.com`

/** "Authorization request size: 1 MB" (quotas). */
const MAX_REQUEST = 1_048_576

export function createStoreServer(store: PolicyStore, endpointAt: EndpointMaker): StoreServer {
  const endpoint = () => endpointAt(`https://${HOST}/`, serviceDialect)
  const endpoints = {
    isAuthorized: endpoint(),
    isAuthorizedWithToken: endpoint(),
    batchIsAuthorized: endpoint(),
    batchIsAuthorizedWithToken: endpoint(),
    management: endpoint(),
  }
  const operations: Readonly<Record<string, readonly [Endpoint, Operation]>> = {
    IsAuthorized: [endpoints.isAuthorized, isAuthorized],
    IsAuthorizedWithToken: [endpoints.isAuthorizedWithToken, isAuthorizedWithToken],
    BatchIsAuthorized: [endpoints.batchIsAuthorized, batchIsAuthorized],
    BatchIsAuthorizedWithToken: [endpoints.batchIsAuthorizedWithToken, batchIsAuthorizedWithToken],
    GetSchema: [endpoints.management, management.getSchema],
    PutSchema: [endpoints.management, management.putSchema],
    ListPolicies: [endpoints.management, management.listPolicies],
    GetPolicy: [endpoints.management, management.getPolicy],
    CreatePolicy: [endpoints.management, management.createPolicy],
    UpdatePolicy: [endpoints.management, management.updatePolicy],
    DeletePolicy: [endpoints.management, management.deletePolicy],
  }

  async function perform(operation: Operation, request: FakeRequest): Promise<FakeResponse> {
    return answering(async () => {
      if (!isSigned(request)) throw new ServiceException('MissingAuthenticationTokenException', 'Missing signature')
      if (Buffer.byteLength(request.body) > MAX_REQUEST) throw invalid('request', 'must have at most 1 MB')
      const input = inputOf(request)
      const id = textAt('policyStoreId', input['policyStoreId'], 200, /^[a-zA-Z0-9-/_]*$/)
      if (id !== store.policyStoreId) throw notFound('POLICY_STORE', id)
      return serviceAnswer(await operation(store, input))
    })
  }

  return {
    kind: STORE,
    issuer: `https://${HOST}/${store.policyStoreId}`,
    identity: store.policyStoreId,
    endpoints,
    reaches: ({ hostname }) => hostname === HOST,
    owns: (request) => tryInputOf(request)?.['policyStoreId'] === store.policyStoreId,
    stray: (request) => exceptionAnswer(notFound('POLICY_STORE', String(tryInputOf(request)?.['policyStoreId'] ?? ''))),
    async answer(request) {
      if (request.method !== 'POST' || request.url.pathname !== '/') return undefined
      const [at, operation] = operations[operationOf(request) ?? ''] ?? []
      if (at === undefined || operation === undefined) {
        const known = Object.keys(operations).join(', ')
        return exceptionAnswer(new ServiceException('UnknownOperationException', `The fake knows ${known}`))
      }
      return at.answer(request, () => perform(operation, request))
    },
  }
}

async function answering(answer: () => Promise<FakeResponse>): Promise<FakeResponse> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof ServiceException) return exceptionAnswer(error)
    throw error
  }
}

/** Any signature (SigV4) will do, for this service: a request without one was made without credentials. */
function isSigned({ headers }: FakeRequest): boolean {
  return /^AWS4-HMAC-SHA256 Credential=[^ ]+\/verifiedpermissions\/aws4_request\b/.test(
    headers.get('authorization') ?? '',
  )
}

function operationOf({ headers }: FakeRequest): string | undefined {
  return /^VerifiedPermissions\.(\w+)$/.exec(headers.get('x-amz-target') ?? '')?.[1]
}

function inputOf(request: FakeRequest): JsonRecord {
  const input = tryInputOf(request)
  if (input === undefined) throw new ServiceException('SerializationException', 'Not JSON 1.0')
  return input
}

function tryInputOf({ headers, body }: FakeRequest): JsonRecord | undefined {
  if (headers.get('content-type') !== MEDIA_TYPE) return undefined
  try {
    const input: unknown = JSON.parse(body)
    return isRecord(input) ? input : undefined
  } catch {
    return undefined
  }
}
