/** A Lambda authorizer of an HTTP API, as small as each can be written, with the same keys at hand and the same answer. */
export interface AuthorizerProgram {
  /** What is imported, and from where. */
  readonly names: string
  readonly from: string
  /** The same in one file, for a function without a bundler. */
  readonly standalone?: string
  /** Makes `handler` of `given`: `userPoolId`, `jwks`, `snapshot`. */
  readonly body: string
}

export const programs = {
  Tokenward: {
    names: 'cognitoUserPool, createResourceServer, httpApiAuthorizer',
    from: '@tokenward/lambda',
    standalone: '@tokenward/lambda/standalone',
    body: `const pool = cognitoUserPool({ userPoolId: given.userPoolId, clientId: "web" });
      const api = createResourceServer({ issuers: [pool], keySnapshot: given.snapshot });
      const handler = httpApiAuthorizer(api, { policy: { scopes: ["orders/read"] }, resultCache: "off" });`,
  },
  'aws-jwt-verify': {
    names: 'CognitoJwtVerifier',
    from: 'aws-jwt-verify',
    body: `const { userPoolId } = given;
      const verifier = CognitoJwtVerifier.create({ userPoolId, clientId: "web", tokenUse: "access", scope: "orders/read" });
      verifier.cacheJwks(given.jwks);
      const handler = async ({ headers }) => {
        try {
          const claims = await verifier.verify((headers.authorization ?? "").replace(/^Bearer /, ""));
          const { sub: subject, client_id: clientId, scope, exp } = claims;
          return { isAuthorized: true, context: { subject, clientId, scopes: scope.split(" "), expiresAt: exp * 1000 } };
        } catch {
          return { isAuthorized: false };
        }
      };`,
  },
} as const satisfies Record<string, AuthorizerProgram>

export type AuthorizerName = keyof typeof programs

const READ = 'const given = JSON.parse(readFileSync(process.env.GIVEN, "utf8"));'

/** The function as its own module, for a bundler. */
export function moduleOf(name: AuthorizerName): string {
  const { names, from, body } = programs[name]
  const imported = `import { ${names} } from ${JSON.stringify(from)}`
  return `import { readFileSync } from "node:fs"; ${imported}; ${READ} ${body} export { handler }`
}

/** The same as it is installed, in CommonJS; `load` finds packages. */
export function installed(name: AuthorizerName): string {
  const { names, from, body, standalone = from }: AuthorizerProgram = programs[name]
  return `const { readFileSync } = require("node:fs"); const { ${names} } = load("${standalone}"); ${READ} ${body} exports.handler = handler`
}

/** Requires a function as the runtime of Lambda does, sends it one request, and tells the CPU of both, in milliseconds. */
export const RUNTIME = `const { readFileSync } = require("node:fs");
  const { event } = JSON.parse(readFileSync(process.env.GIVEN, "utf8"));
  const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 };
  (async () => {
    const start = cpu();
    const { handler } = require(process.env.FUNCTION);
    const ready = cpu();
    const { isAuthorized } = await handler(event, {});
    const answered = cpu();
    if (isAuthorized !== true) throw new Error("refused");
    process.stdout.write(JSON.stringify({ init: ready - start, first: answered - ready }));
  })()`
