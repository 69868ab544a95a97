import { type AuthorizerContext, denialResponse, gatewayPrincipal, withAuth } from '@tokenward/lambda'
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda'
import { policies } from '../deployment/description.js'
import { api } from './resource-server.js'

type Decided = APIGatewayProxyEventV2WithLambdaAuthorizer<AuthorizerContext>

const orders = ['espresso cups', 'coffee beans']
const answer = (body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

export const health = async () => answer({ status: 'ok' })

/** Behind the JWT authorizer, and verified again: that one knows no revocation, and one scope of several is enough for it. */
export const list = withAuth(api, policies.read, (_event: APIGatewayProxyEventV2, _context: Context, { principal }) =>
  answer({ orders, for: principal.subject }),
)

/** The same with the outcome in hand. */
export async function me(event: APIGatewayProxyEventV2WithJWTAuthorizer) {
  const outcome = await gatewayPrincipal(api, event, { policy: policies.staff })
  if (outcome.outcome !== 'granted') return denialResponse(event, outcome)
  return answer({ subject: outcome.principal.subject, groups: outcome.principal.groups })
}

/** Behind the Lambda authorizer, which has decided, and says who it is. */
export async function add({ requestContext: { authorizer } }: Decided) {
  return answer({ added: 'a milk jug', by: authorizer.lambda.subject })
}

export async function remove({ pathParameters, requestContext: { authorizer } }: Decided) {
  const { subject, evidence } = authorizer.lambda
  return answer({ removed: pathParameters?.['id'], by: subject, evidence: evidence.source })
}

/** On `'0s'` nothing may be kept, so that the function itself asks Cognito. */
export const removeAll = withAuth(
  api,
  policies.removeAll,
  (_event: APIGatewayProxyEventV2, _context: Context, { principal }) =>
    answer({ removed: 'all', evidence: principal.evidence.source }),
)
