import type { CompiledPolicy } from '@tokenward/core'

type AnyPolicy = CompiledPolicy<unknown>

/** The answers in place of the handler's own, with what this policy makes of them. */
export function denialResponses(policy: AnyPolicy): Record<string, unknown> {
  return {
    401: {
      description: [
        'No access token, or none that is valid.',
        ...(policy.acrValues.length > 0
          ? [`Or the login has none of these contexts: ${policy.acrValues.join(', ')}.`]
          : []),
        ...(policy.maxAge === undefined ? [] : [`Or the login is older than ${policy.maxAge / 1_000} s.`]),
        ...(policy.senderConstrained === 'required' ? ['Or the token is not bound to its sender.'] : []),
      ].join(' '),
      headers: { 'WWW-Authenticate': header('The challenge (RFC 6750 §3)') },
      content: body('invalid_token', ...(asksForLogin(policy) ? ['insufficient_user_authentication'] : [])),
    },
    ...(canForbid(policy) && {
      403: {
        description: `The access token does not allow this: ${needsOf(policy).join('; ')}.`,
        headers: { 'WWW-Authenticate': header('The challenge (RFC 6750 §3)') },
        content: body('insufficient_scope'),
      },
    }),
    503: {
      description: 'The access token cannot be checked right now; nothing is said about it.',
      headers: { 'Retry-After': header('Seconds after which to try again', 'integer') },
      content: body(),
    },
  }
}

function asksForLogin({ acrValues, maxAge }: AnyPolicy): boolean {
  return acrValues.length > 0 || maxAge !== undefined
}

/** Where the lag is bounded a token may be one that nobody can answer for. */
function canForbid(policy: AnyPolicy): boolean {
  return needsOf(policy).length > 0
}

function needsOf({ scopes, anyScope, groups, issuers, claims, maxRevocationLag }: AnyPolicy): readonly string[] {
  return [
    ...(scopes.length > 0 ? [`it needs the scopes ${scopes.join(' ')}`] : []),
    ...anyScope.map((list) => `it needs one of the scopes ${list.join(' ')}`),
    ...groups.map((list) => `it needs one of the groups ${list.join(', ')}`),
    ...(issuers.length > 0 ? ['it needs another issuer'] : []),
    ...(claims === undefined ? [] : ['its claims have to fit']),
    ...(maxRevocationLag === 'token-lifetime' ? [] : ['its issuer has to answer for it']),
  ]
}

function header(description: string, type = 'string') {
  return { description, schema: { type } }
}

function body(...codes: readonly string[]) {
  const error = codes.length > 0 && { error: { type: 'string', enum: codes } }
  const properties = { ...error, error_description: { type: 'string' } }
  return { 'application/json': { schema: { type: 'object', properties, required: ['error_description'] } } }
}
