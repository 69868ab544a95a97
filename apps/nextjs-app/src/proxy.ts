import { createProxy, readOrders } from './lib/auth'

/** A first fence. Take it out, and everything behind it still asks for a token. */
export const proxy = createProxy({
  rules: [
    { path: '/dashboard', policy: readOrders, onRefused: '/auth/sign-in' },
    { path: '/api', acceptCookie: true },
  ],
})

export const config = { matcher: ['/dashboard/:path*', '/api/:path*'] }
