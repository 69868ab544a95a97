import type { EndpointControl } from '../endpoints/endpoint-control.js'
import { checkText } from '../given-values.js'
import { COGNITO } from './cognito-kind.js'
import type { UserRecord, Users } from './users.js'

/** The control of `/oauth2/authorize`. */
export interface AuthorizeControl extends EndpointControl {
  /**
   * Lets a user sign in by himself whenever a request needs it, at once, and at the level that is asked for: for tests
   * without a browser. `prompt=none` gets a code, too. `null` shows the page again. By username or `sub`; throws for a user who is not declared or
   * not enabled.
   */
  signInAs(user: string | null): void
}

/** Who signs in without the page. */
export interface AutomaticSignIn {
  user(): UserRecord | undefined
  control(endpoint: EndpointControl): AuthorizeControl
}

export function createAutomaticSignIn(users: Users, assertOpen: () => void): AutomaticSignIn {
  let current: UserRecord | undefined
  return {
    user: () => (current?.state === 'enabled' ? current : undefined),
    // Into the control itself: spread, it would count no more.
    control: (endpoint) =>
      Object.assign(endpoint, {
        signInAs(name: string | null): void {
          assertOpen()
          current = name === null ? undefined : declared(users, name)
        },
      }),
  }
}

function declared(users: Users, name: string): UserRecord {
  checkText(COGNITO.maker, 'signInAs takes a username, a sub or null', name)
  const user = users.find(name)
  if (user === undefined || !user.isDeclared) {
    throw new TypeError(`fakeCognito: signInAs knows no user ${name}; declare it in users, or with addUser`)
  }
  if (user.state !== 'enabled') throw new Error(`fakeCognito: the user ${name} was ${user.state}, and cannot sign in`)
  return user
}
