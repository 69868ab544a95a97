import { checkOptionNames, stringListOption } from '../outcomes/option-check.js'

/** Whose logout tokens `backChannelLogout` acts on (OpenID Connect Back-Channel Logout 1.0). */
export interface BackChannelLogoutOptions {
  /** Client ids that logins are made with at this issuer: `aud` of a logout token must name one (§2.4). */
  readonly clientId: string | readonly string[]
}

/** The client ids; `undefined` where no logout tokens are expected. */
export function checkBackChannelLogoutOptions(
  owner: string,
  options: BackChannelLogoutOptions | undefined,
): readonly string[] | undefined {
  if (options === undefined) return undefined
  checkOptionNames(owner, options, ['clientId'])
  return stringListOption(`${owner}.clientId`, options['clientId'], 'must be a client id or a list of them')
}
