import { createPublicKey, verify } from 'node:crypto'
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs'
import { type JsonRecord, tryDecodeJws } from '../jws/compact-jws.js'
import type { StoreEntity } from './entities.js'
import { type EntityUid, isRecord, textAt } from './input.js'
import type { StoreSchema } from './schema-shape.js'
import { invalid } from './service-exception.js'
import type { IdentityPool, IdentitySourceSettings } from './store-settings.js'

/** What a store reads in the tokens of a request. */
export interface TokenReading {
  readonly principal: StoreEntity
  /** `context.token` for an action: the claims of an access token; `undefined` where it has no place. */
  tokenContext(action: EntityUid): Record<string, CedarValueJson> | undefined
}

/** "Token" in the service's model. */
const MAX_TOKEN = 131_072

/** Reads the tokens as the user guide says: identity-sources-cognito, cognito-validation, cognito-map-token-to-schema. */
export async function readTokens(
  source: IdentitySourceSettings | undefined,
  schema: StoreSchema | undefined,
  { accessToken, identityToken }: JsonRecord,
): Promise<TokenReading> {
  if (source === undefined) throw invalid('policyStoreId', 'the policy store has no identity source')
  const access = await claimsIn(source, 'accessToken', 'access', accessToken)
  const identity = await claimsIn(source, 'identityToken', 'id', identityToken)
  const claims = access ?? identity
  if (claims === undefined) throw invalid('accessToken', 'an accessToken, an identityToken or both must be given')
  if (access !== undefined && identity !== undefined && access['sub'] !== identity['sub']) {
    throw invalid('identityToken', 'must be of the same user as the accessToken')
  }
  const { principalEntityType: type, groupEntityType = 'AWS::CognitoGroup' } = source
  const prefix = source.pool.userPoolId
  const groups = claims['cognito:groups']
  return {
    principal: {
      uid: { type, id: `${prefix}|${String(claims['sub'])}` },
      attrs: identity === undefined ? {} : attributesFrom(identity, schema?.attributes(type)),
      parents: (Array.isArray(groups) ? groups : []).map((group) => ({
        type: groupEntityType,
        id: `${prefix}|${group}`,
      })),
    },
    tokenContext(action) {
      if (access === undefined) return undefined
      if (schema === undefined) return attributesFrom(access, undefined)
      const declared = schema.tokenClaims(action.type, action.id)
      return declared && attributesFrom(access, declared)
    },
  }
}

async function claimsIn(
  { pool, clientIds }: IdentitySourceSettings,
  parameter: string,
  use: 'access' | 'id',
  given: unknown,
): Promise<JsonRecord | undefined> {
  if (given === undefined || given === null) return undefined
  const token = textAt(parameter, given, MAX_TOKEN, /^[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+$/)
  const claims = await verifiedClaims(pool, token)
  if (claims === undefined) throw invalid(parameter, 'the signature is not one of the identity source')
  if (claims['iss'] !== pool.issuer) throw invalid(parameter, 'the issuer is not the identity source')
  if (claims['token_use'] !== use) throw invalid(parameter, `token_use must be ${use}`)
  if (!(Number(claims['exp']) * 1_000 > pool.clock.now())) throw invalid(parameter, 'the token has expired')
  const client = use === 'access' ? claims['client_id'] : claims['aud']
  if (clientIds !== undefined && !clientIds.includes(String(client))) {
    throw invalid(parameter, 'the client is none of the identity source')
  }
  return claims
}

async function verifiedClaims(pool: IdentityPool, token: string): Promise<JsonRecord | undefined> {
  const jws = tryDecodeJws(token)
  const { keys } = await pool.publicKeys()
  const jwk = keys.find(({ kid }) => kid === jws?.header['kid'])
  if (jws === undefined || jwk === undefined || jws.header['alg'] !== 'RS256') return undefined
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const isSigned = verify('sha256', Buffer.from(jws.input), key, Buffer.from(jws.signature, 'base64url'))
  return isSigned ? jws.payload : undefined
}

/** Claims become attributes, the group claim excepted; with a schema those it declares, whatever else the token holds. */
function attributesFrom(
  claims: JsonRecord,
  declared: ReadonlyMap<string, string> | undefined,
): Record<string, CedarValueJson> {
  const attributes: Record<string, CedarValueJson> = {}
  for (const [name, claim] of Object.entries(claims)) {
    if (name === 'cognito:groups' || name === 'groups') continue
    if (declared !== undefined && !declared.has(name)) continue
    const asSet = name === 'scope' && (declared === undefined || declared.get(name) === 'Set')
    const value = asSet && typeof claim === 'string' ? [...new Set(claim.split(' ').filter(Boolean))] : fromJson(claim)
    if (value !== undefined) attributes[name] = value
  }
  return attributes
}

/** Cedar has no value for null, nor for numbers that are no whole ones: such a claim cannot become an attribute. */
function fromJson(value: unknown): CedarValueJson | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  if (Array.isArray(value)) {
    const items = value.map(fromJson)
    return items.every((item) => item !== undefined) ? items : undefined
  }
  if (!isRecord(value)) return undefined
  const members = Object.entries(value).map(([name, member]) => [name, fromJson(member)] as const)
  const isPlain = members.every(([name, member]) => member !== undefined && !name.startsWith('__e'))
  return isPlain ? (Object.fromEntries(members) as Record<string, CedarValueJson>) : undefined
}
