import type { IssuerContext } from './trusted-issuer.js'

/** What an issuer builds once for each server it is used in, however many of its ways to check a token need it. */
export function sharedByContext<Parts>(build: (context: IssuerContext) => Parts): (context: IssuerContext) => Parts {
  // A server has one client for its calls; when the server is gone, so is what belongs to it.
  const built = new WeakMap<IssuerContext['http'], Parts>()
  return (context) => {
    let parts = built.get(context.http)
    if (parts === undefined) built.set(context.http, (parts = build(context)))
    return parts
  }
}
