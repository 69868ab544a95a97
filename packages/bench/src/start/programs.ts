/** Programs that verify one token and say what CPU the process took, from its first moment on. */
interface Program {
  readonly import: string
  /** Uses `given`: `token`, `jwks`, `pem`, `issuer`, `audience`. */
  readonly verify: string
}

const claims = 'issuer: given.issuer, audience: given.audience'

/** By name. All with keys that are at hand, so that no fetch is on anybody's account. */
export const programs = {
  Tokenward: {
    import: '{ authorizationServer, createResourceServer } from "@tokenward/core"',
    verify: `const issuer = authorizationServer({ ${claims}, jwks: given.jwks });
      await createResourceServer({ issuers: [issuer] }).verify(given.token)`,
  },
  jose: {
    import: '{ createLocalJWKSet, jwtVerify } from "jose"',
    verify: `await jwtVerify(given.token, createLocalJWKSet(given.jwks), { ${claims} })`,
  },
  'aws-jwt-verify': {
    import: '{ JwtVerifier } from "aws-jwt-verify"',
    verify: `const verifier = JwtVerifier.create({ ${claims}, jwksUri: given.issuer });
      verifier.cacheJwks(given.jwks); verifier.verifySync(given.token)`,
  },
  'fast-jwt': {
    import: '{ createVerifier } from "fast-jwt"',
    verify: `createVerifier({ key: given.pem, allowedIss: given.issuer, allowedAud: given.audience })(given.token)`,
  },
  jsonwebtoken: {
    import: 'jsonwebtoken from "jsonwebtoken"',
    verify: `jsonwebtoken.verify(given.token, given.pem, { ${claims}, algorithms: ["RS256"] })`,
  },
  'express-oauth2-jwt-bearer': {
    import: '{ auth } from "express-oauth2-jwt-bearer"',
    // It takes keys from an endpoint alone; what is not verified costs it nothing here.
    verify: `auth({ ${claims}, jwksUri: given.issuer, tokenSigningAlg: "RS256" })`,
  },
  oauth4webapi: {
    import: '* as oauth from "oauth4webapi"',
    verify: `const headers = { authorization: "Bearer " + given.token };
      const cache = { jwks: given.jwks, uat: Math.floor(Date.now() / 1000) + 3600 };
      await oauth.validateJwtAccessToken({ issuer: given.issuer, jwks_uri: given.issuer },
        new Request("https://api.example.com", { headers }), given.audience, { [oauth.jwksCache]: cache })`,
  },
  hono: {
    import: '{ verifyWithJwks } from "hono/jwt"',
    verify: `await verifyWithJwks(given.tokenOfTypeJwt, { keys: given.jwks.keys,
      verification: { iss: given.issuer, aud: given.audience }, allowedAlgorithms: ["RS256"] })`,
  },
} as const satisfies Record<string, Program>

export type ProgramName = keyof typeof programs

const READ = 'const given = JSON.parse(readFileSync(process.env.GIVEN, "utf8"));'
const TELL = 'const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000))'

/** As an ES module; without a name it verifies nothing, which is what the others are compared with. */
export function esModule(name?: ProgramName): string {
  const head = 'import { readFileSync } from "node:fs";'
  return name === undefined
    ? `${head} ${READ} ${TELL}`
    : `${head} import ${programs[name].import}; ${READ} ${programs[name].verify}; ${TELL}`
}

/** As CommonJS. */
export function commonJs(name?: ProgramName): string {
  const head = 'const { readFileSync } = require("node:fs");'
  if (name === undefined) return `${head} ${READ} ${TELL}`
  const [names = '', module] = programs[name].import.split(/ from /)
  const required = `const ${names.replace('* as ', '')} = require(${module});`
  return `${head} ${required} ${READ} (async () => { ${programs[name].verify}; ${TELL} })()`
}
