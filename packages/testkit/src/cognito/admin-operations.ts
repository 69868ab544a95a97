import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import { awsAnswer, awsException, missingMember, type Operation } from './aws-json.js'
import type { Pool } from './pool.js'

/** The operations of an administrator, who signs requests with AWS credentials. */
export function adminOperations(pool: Pool) {
  return {
    AdminUserGlobalSignOut: (input, request) => signedBySomebody(request) ?? adminUserGlobalSignOut(pool, input),
  } as const satisfies Readonly<Record<string, Operation>>
}

export function noSuchPool(userPoolId: unknown): FakeResponse {
  return awsException('ResourceNotFoundException', `User pool ${String(userPoolId)} does not exist.`)
}

/** Every signature is taken (SigV4): a fake has no credentials to check it with. None at all is a mistake at AWS, too. */
function signedBySomebody({ headers }: FakeRequest): FakeResponse | undefined {
  return headers.get('authorization')?.startsWith('AWS4-') === true
    ? undefined
    : awsException('MissingAuthenticationTokenException', 'Missing Authentication Token')
}

function adminUserGlobalSignOut({ settings, users, logins }: Pool, input: JsonRecord): FakeResponse {
  const { UserPoolId: userPoolId, Username: username } = input
  if (typeof userPoolId !== 'string') return missingMember('userPoolId')
  if (typeof username !== 'string') return missingMember('username')
  if (userPoolId !== settings.userPoolId) return noSuchPool(userPoolId)
  const user = users.find(username)
  if (user === undefined || user.state === 'deleted') {
    return awsException('UserNotFoundException', 'User does not exist.')
  }
  logins.endAllOf(user.sub)
  return awsAnswer({})
}
