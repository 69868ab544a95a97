/**
 * Every error code a client can be told: RFC 6750 §3.1 (the first three), RFC 9470 §3, RFC 9449 §7.1 and §9. One
 * closed list; what only the operator may know stands in the operator codes.
 */
export type WireCode =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'use_dpop_nonce'
  | 'invalid_dpop_proof'
