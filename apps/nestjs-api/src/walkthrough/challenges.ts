const inRealm = (rest: string) => `Bearer realm="orders", ${rest}`

/** Whole challenges, as the steps expect them. */
export const challenges = {
  none: 'Bearer realm="orders"',
  invalid: inRealm('error="invalid_token", error_description="The access token is invalid"'),
  expired: inRealm('error="invalid_token", error_description="The access token expired"'),
  notAllowed: inRealm('error="insufficient_scope", error_description="The access token does not allow this request"'),
  stepUp: (description: string) =>
    inRealm(
      `error="insufficient_user_authentication", error_description="${description}", acr_values="mfa", max_age="300"`,
    ),
  lacks: (scope: string) =>
    inRealm(
      `error="insufficient_scope", error_description="The access token lacks a required scope", scope="${scope}"`,
    ),
}
