/** Rules that protect the same thing. */
export interface Area {
  readonly title: string
  readonly rules: readonly Rule[]
}

/** A security rule, where it stands, what it takes to remove it, and the test that must then fail. */
export interface Rule {
  readonly rule: string
  /** The specification or the incident behind it. */
  readonly source: string
  /** Relative to the repository. */
  readonly file: string
  /** A piece of the file that occurs once, and what removes the rule in its place. */
  readonly remove: readonly [from: string, to: string]
  /** The vitest project, a test file, and part of the title of the test. */
  readonly test: { readonly project: string; readonly file: string; readonly title: string }
}

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const inCoreOnFetch = (file: string, title: string) => ({
  ...inCore(file, title),
  project: 'core on WebCrypto and fetch',
})
const inNest = (file: string, title: string) => ({ project: 'nestjs', file: `packages/nestjs/test/${file}`, title })

export const areas: readonly Area[] = [
  {
    title: 'Sender constraints',
    rules: [
      {
        rule: 'A token bound to a key is refused until the binding can be checked',
        source: 'RFC 7800 §3.1, RFC 8705 §3, RFC 9449 §7.2',
        file: core('tokens/jwt-validator.ts'),
        remove: ["if (isSenderConstrained(payload)) return 'sender-constraint-unchecked'", ''],
        test: inCore('tokens/jwt-validator.test.ts', 'a token with a cnf claim'),
      },
      {
        rule: 'A `cnf` of any type counts, also null or empty',
        source: 'RFC 7800 §3.1',
        file: core('vocabulary/confirmation.ts'),
        remove: ["Object.hasOwn(claims, 'cnf')", "typeof claims['cnf'] === 'object' && claims['cnf'] !== null"],
        test: inCore('tokens/jwt-validator.test.ts', 'a token with a cnf claim'),
      },
    ],
  },
  {
    title: 'Facts, never verdicts',
    rules: [
      {
        rule: 'Expiry is checked again at every decision',
        source: 'CVE-2021-32701',
        file: core('resource-server/resource-server.ts'),
        remove: ["return isExpired(facts.expiresAt, clockTolerance, clock.now()) ? 'token-expired' : undefined", ''],
        test: inCore('resource-server/resource-server.test.ts', 'refuses a token that expires between'),
      },
      {
        rule: 'A claims schema that takes its time lets no token in that expired meanwhile',
        source: 'CVE-2021-32701',
        file: core('resource-server/resource-server.ts'),
        remove: ['if (endedSince !== undefined) return endedSince', ''],
        test: inCore('resource-server/resource-server.test.ts', 'that expired meanwhile'),
      },
      {
        rule: 'Scopes are checked on every request',
        source: 'CVE-2021-32701',
        file: core('strategy/policy-check.ts'),
        remove: ["if (!hasScopes || !hasAnyScope) return 'scope-missing'", ''],
        test: inCore('strategy/policy-check.test.ts', 'are checked on every request'),
      },
      {
        rule: 'All required scopes are needed, not one of them',
        source: 'RFC 6750 §3.1',
        file: core('strategy/policy-check.ts'),
        remove: ['scopes.every(', 'scopes.length === 0 || scopes.some('],
        test: inCore('strategy/policy-check.test.ts', 'scopes and groups'),
      },
      {
        rule: 'Where one of several scopes is needed, none is not enough',
        source: 'least privilege',
        file: core('strategy/policy-check.ts'),
        remove: ['if (!hasScopes || !hasAnyScope)', 'if (!hasScopes)'],
        test: inCore('strategy/policy-check.test.ts', 'scopes and groups'),
      },
      {
        rule: 'A group is needed where groups are named',
        source: 'RFC 9068 §2.2.3.1',
        file: core('strategy/policy-check.ts'),
        remove: ["hasGroups ? undefined : 'group-missing'", 'undefined'],
        test: inCore('strategy/policy-check.test.ts', 'scopes and groups'),
      },
      {
        rule: 'A claims schema that throws has accepted nothing',
        source: 'fail closed',
        file: core('strategy/policy-check.ts'),
        remove: [
          "return { accepted: false, reason: 'claims-schema-failed' }",
          'return { accepted: true, claims: facts.claims as Claims }',
        ],
        test: inCore('strategy/policy-check.test.ts', 'that throws or rejects has accepted nothing'),
      },
      {
        rule: 'A route takes the issuers it names and no others',
        source: 'RFC 8725 §3.8',
        file: core('resource-server/resource-server.ts'),
        remove: ["if (!issuers.isAmong(facts.issuer, policy.issuers)) return 'issuer-not-accepted'", ''],
        test: inCore('issuers/issuer-registry.test.ts', 'are told apart by iss'),
      },
      {
        rule: 'Claims that are handed out cannot be changed',
        source: 'CVE-2026-35039',
        file: core('vocabulary/json-object.ts'),
        remove: ['isJsonObject(value) ? deepFreeze(value) : undefined', 'isJsonObject(value) ? value : undefined'],
        test: inCore('resource-server/resource-server.test.ts', 'cannot be changed'),
      },
    ],
  },
  {
    title: 'Parsing',
    rules: [
      {
        rule: 'A token longer than the limit is refused',
        source: 'CVE-2024-28176 and its like',
        file: core('tokens/compact-jws.ts'),
        remove: ["if (token.length > maxBytes) return 'token-too-large'", ''],
        test: inCore('tokens/compact-jws.test.ts', 'exactly the limit'),
      },
      {
        rule: 'A compact JWS has exactly three parts',
        source: 'RFC 7515 §3.1',
        file: core('tokens/compact-jws.ts'),
        remove: ["if (parts.length !== 3) return 'token-malformed'", ''],
        test: inCore('tokens/compact-jws.test.ts', 'refuses'),
      },
      {
        rule: 'base64url is canonical, on Node',
        source: 'RFC 4648 §3.5, RFC 7515 §2',
        file: core('vocabulary/base64url.ts'),
        remove: ["bytes.toString('base64url') === text ? bytes : undefined", 'bytes'],
        test: inCore('vocabulary/base64url.test.ts', 'decodeBase64url'),
      },
      {
        rule: 'base64url is canonical, elsewhere',
        source: 'RFC 4648 §3.5, RFC 7515 §2',
        file: core('vocabulary/base64url.ts'),
        remove: ['unusedBits === 0 ? bytes : undefined', 'bytes'],
        test: inCore('vocabulary/base64url.test.ts', 'decodeByTable'),
      },
      {
        rule: 'Header and payload are valid UTF-8',
        source: 'RFC 8725 §3.7',
        file: core('vocabulary/json-object.ts'),
        remove: ['fatal: true', 'fatal: false'],
        test: inCore('tokens/compact-jws.test.ts', 'not UTF-8'),
      },
      {
        rule: 'Header and payload are JSON objects',
        source: 'RFC 7519 §7.2, CVE-2026-107723',
        file: core('vocabulary/json-object.ts'),
        remove: [' && !Array.isArray(value)\n}', '\n}'],
        test: inCore('vocabulary/json-object.test.ts', 'refuses an array'),
      },
      {
        rule: 'Member names are unique, at every depth',
        source: 'RFC 7515 §4, RFC 7519 §4',
        file: core('vocabulary/json-object.ts'),
        remove: ['if (names.list.includes(name)) return false', ''],
        test: inCore('vocabulary/json-object.test.ts', 'refuses a duplicate name'),
      },
      {
        rule: 'Member names are unique, also in objects of many members',
        source: 'RFC 7515 §4, RFC 7519 §4',
        file: core('vocabulary/json-object.ts'),
        remove: ['if (names.set.has(name)) return false', ''],
        test: inCore('vocabulary/json-object.test.ts', 'a duplicate among many names'),
      },
      {
        rule: 'No member name is escaped when JSON.parse sees it',
        source: 'nodejs/node#63785',
        file: core('vocabulary/json-object.ts'),
        remove: ["if (name.includes('\\\\')) return undefined", ''],
        test: inCore('vocabulary/json-object.test.ts', 'refuses an escaped name'),
      },
      {
        rule: 'No member is named `__proto__`',
        source: 'prototype pollution',
        file: core('vocabulary/json-object.ts'),
        remove: ["name === '__proto__' || ", ''],
        test: inCore('vocabulary/json-object.test.ts', '__proto__'),
      },
      {
        rule: 'Nesting is bounded',
        source: 'denial of service',
        file: core('vocabulary/json-object.ts'),
        remove: ['if (enclosing.length === MAX_DEPTH) return undefined', ''],
        test: inCore('vocabulary/json-object.test.ts', 'nests to a depth of 32'),
      },
      {
        rule: 'An extension nobody understands is refused',
        source: 'RFC 7515 §4.1.11, CVE-2026-35042, CVE-2025-59420',
        file: core('tokens/compact-jws.ts'),
        remove: ["['crit', 'b64', 'zip']", "['b64', 'zip']"],
        test: inCore('tokens/compact-jws.test.ts', 'a header with'),
      },
    ],
  },
  {
    title: 'Claims',
    rules: [
      {
        rule: 'A token ends: `exp` is required',
        source: 'RFC 8725 §3.2, RFC 9068 §2.2',
        file: core('tokens/registered-claims.ts'),
        remove: [' || exp === undefined) return undefined', ') return undefined'],
        test: inCore('tokens/registered-claims.test.ts', 'without exp'),
      },
      {
        rule: 'Times are finite numbers',
        source: 'RFC 7519 §2 (NumericDate)',
        file: core('tokens/registered-claims.ts'),
        remove: [' || !(Math.abs(value) <= MAX_NUMERIC_DATE)', ''],
        test: inCore('tokens/registered-claims.test.ts', 'infinite'),
      },
      {
        rule: 'A claim of another type is never skipped',
        source: 'CVE-2025-30144 and its like',
        file: core('tokens/registered-claims.ts'),
        remove: ['if (claim === MALFORMED) return undefined', ''],
        test: inCore('tokens/registered-claims.test.ts', 'refuses'),
      },
      {
        rule: 'Claims are own members, whatever the prototype holds',
        source: 'prototype pollution',
        file: core('vocabulary/json-object.ts'),
        remove: ['Object.hasOwn(object, name) ? object[name] : undefined', 'object[name]'],
        test: inCore('resource-server/resource-server.test.ts', 'nothing from a polluted prototype'),
      },
      {
        rule: 'An expired token is refused',
        source: 'RFC 7519 §4.1.4',
        file: core('tokens/claim-expectations.ts'),
        remove: ["if (isExpired(exp, clockTolerance, now)) return 'token-expired'", ''],
        test: inCore('tokens/jwt-validator.test.ts', 'cause no network call'),
      },
      {
        rule: 'A token is refused until `nbf`',
        source: 'RFC 7519 §4.1.5',
        file: core('tokens/claim-expectations.ts'),
        remove: ["return 'token-not-yet-valid'", 'return undefined'],
        test: inCore('tokens/claim-expectations.test.ts', 'refuses until nbf'),
      },
      {
        rule: 'A token from the future is refused',
        source: 'RFC 7519 §4.1.6',
        file: core('tokens/claim-expectations.ts'),
        remove: ["return 'issued-in-the-future'", 'return undefined'],
        test: inCore('tokens/claim-expectations.test.ts', 'in the future'),
      },
      {
        rule: 'A token older than `maxTokenAge` is refused, whatever its `exp`',
        source: 'RFC 7519 §4.1.6',
        file: core('tokens/claim-expectations.ts'),
        remove: ["if (!(now - iat <= maxTokenAge + clockTolerance)) return 'token-too-old'", ''],
        test: inCore('tokens/claim-expectations.test.ts', 'refuses a token older than the maximum age'),
      },
      {
        rule: 'Clock tolerance is a minute at most',
        source: 'RFC 7519 §4.1.4',
        file: core('issuers/issuer-options.ts'),
        remove: ['[5 * SECOND, 0, MINUTE]', '[5 * SECOND, 0, DAY]'],
        test: inCore('issuers/issuer-options.test.ts', 'a clock tolerance of an hour'),
      },
      {
        rule: 'A token of another type is refused',
        source: 'RFC 8725 §3.11',
        file: core('tokens/claim-expectations.ts'),
        remove: ["typ === undefined || ['jwt', 'at+jwt'].includes(mediaType(typ))", 'true'],
        test: inCore('tokens/claim-expectations.test.ts', 'may not'),
      },
      {
        rule: 'A token for another audience is refused',
        source: 'RFC 7519 §4.1.3, RFC 8725 §3.9',
        file: core('issuers/jwt-profiles.ts'),
        remove: ['accepted === null || aud.some((value) => accepted.includes(value))', 'true'],
        test: inCore('issuers/jwt-profiles.test.ts', 'audience'),
      },
      {
        rule: 'An RFC 9068 token says that it is one',
        source: 'RFC 9068 §4',
        file: core('issuers/jwt-profiles.ts'),
        remove: [
          "if (header.typ === undefined || mediaType(header.typ) !== 'at+jwt') return 'token-type-not-accepted'",
          '',
        ],
        test: inCore('issuers/jwt-profiles.test.ts', 'refuses typ'),
      },
    ],
  },
  {
    title: 'Algorithms, keys and signatures',
    rules: [
      {
        rule: 'The signature is verified',
        source: 'RFC 7515 §5.2',
        file: core('tokens/jwt-validator.ts'),
        remove: ['if (signatureRefusal !== undefined) return signatureRefusal', ''],
        test: inCore('tokens/jwt-validator.test.ts', 'is checked'),
      },
      {
        rule: 'The algorithm is one the issuer is configured for',
        source: 'RFC 8725 §3.1, CVE-2015-9235',
        file: core('tokens/jwt-validator.ts'),
        remove: [' || !algorithms.includes(algorithm)', ''],
        test: inCore('tokens/jwt-validator.test.ts', 'where it is not'),
      },
      {
        rule: 'A key is used for its own algorithm only',
        source: 'RFC 8725 §3.1, CVE-2026-22817',
        file: core('keys/json-web-key.ts'),
        remove: ['if (alg !== undefined && alg !== algorithm) return false', ''],
        test: inCore('keys/json-web-key.test.ts', 'for that algorithm only'),
      },
      {
        rule: 'A key for other uses verifies nothing (`use`)',
        source: 'RFC 7517 §4.2',
        file: core('keys/json-web-key.ts'),
        remove: ["if (use !== undefined && use !== 'sig') return { problem: 'is not for signatures (use)' }", ''],
        test: inCore('keys/json-web-key.test.ts', 'refuses use'),
      },
      {
        rule: 'A key for other operations verifies nothing (`key_ops`)',
        source: 'RFC 7517 §4.3',
        file: core('keys/json-web-key.ts'),
        remove: ["operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))", 'false'],
        test: inCore('keys/json-web-key.test.ts', 'refuses key_ops'),
      },
      {
        rule: 'A published private or secret key verifies nothing',
        source: 'RFC 7517 §9.2, GHSA-g3jj-5cmm-3hxx',
        file: core('keys/json-web-key.ts'),
        remove: ['if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) {', 'if (false) {'],
        test: inCore('keys/json-web-key.test.ts', 'refuses a private'),
      },
      {
        rule: 'RSA keys have 2048 bits or more',
        source: 'RFC 7518 §3.3',
        file: core('keys/json-web-key.ts'),
        remove: ['bits < MIN_MODULUS_BITS || ', ''],
        test: inCore('keys/json-web-key.test.ts', 'from 2048 to 8192 bits'),
      },
      {
        rule: 'RSA exponents are odd and large',
        source: 'NIST SP 800-56B §6.2',
        file: core('keys/json-web-key.ts'),
        remove: ['if (!isOdd || bitLength(exponent) < 17 || bitLength(exponent) > 64) {', 'if (false) {'],
        test: inCore('keys/json-web-key.test.ts', 'exponent'),
      },
      {
        rule: 'RSA moduli with the ROCA fingerprint are refused',
        source: 'CVE-2017-15361',
        file: core('keys/json-web-key.ts'),
        remove: ['if (hasRocaFingerprint(modulus)) return', 'if (false) return'],
        test: inCore('tokens/wycheproof.test.ts', 'rejectsKeyWithRocaVulnerability'),
      },
      {
        rule: 'ECDSA and EdDSA signatures have their one length',
        source: 'RFC 7518 §3.4, RFC 8037 §3.1',
        file: core('keys/signature.node.ts'),
        remove: ['if (signatureLength !== undefined && signature.length !== signatureLength) return false', ''],
        test: inCore('keys/signature.test.ts', 'of another length'),
      },
      {
        rule: 'A token without a key name is tried with four keys at most',
        source: 'denial of service',
        file: core('keys/key-set.ts'),
        remove: ['.slice(0, MAX_CANDIDATES)', ''],
        test: inCore('keys/key-set.test.ts', 'four at most'),
      },
      {
        rule: 'One bad key spoils none of the others',
        source: 'availability',
        file: core('keys/key-set.ts'),
        remove: ["ignored(index, 'was refused by the crypto library')", 'throw new Error()'],
        test: inCore('keys/key-set.test.ts', 'keeps the rest'),
      },
    ],
  },
  {
    title: 'Network',
    rules: [
      {
        rule: 'A token that is refused anyway causes no call',
        source: 'denial of service',
        file: core('tokens/jwt-validator.ts'),
        remove: [
          'const algorithm = header.alg\n',
          "const algorithm = header.alg\n      await keys.find({ algorithm: 'RS256', kid: header.kid })\n",
        ],
        test: inCore('tokens/jwt-validator.test.ts', 'cause no network call'),
      },
      {
        rule: 'Keys never cross issuers',
        source: 'RFC 8725 §3.8',
        file: core('tokens/jwt-validator.ts'),
        remove: [" || claims.iss !== issuer) return 'claims-malformed'", ") return 'claims-malformed'"],
        test: inCore('tokens/jwt-validator.test.ts', 'takes its own issuer only'),
      },
      {
        rule: 'Metadata of another issuer is refused',
        source: 'RFC 8414 §3.3',
        file: core('keys/discovery.ts'),
        remove: ["if (member(metadata, 'issuer') !== issuer) {", 'if (false) {'],
        test: inCore('keys/discovery.test.ts', 'names another issuer'),
      },
      {
        rule: 'Addresses are https; http to loopback needs an option',
        source: 'RFC 9700 §2.6',
        file: core('vocabulary/issuer-identifier.ts'),
        remove: ['if (!allowInsecureLoopback) {', 'if (false) {'],
        test: inCore('vocabulary/issuer-identifier.test.ts', 'refuses http to loopback'),
      },
      {
        rule: 'http never leaves the machine',
        source: 'RFC 9700 §2.6',
        file: core('vocabulary/issuer-identifier.ts'),
        remove: ['return isLoopbackHost(url.hostname)', 'return true'],
        test: inCore('vocabulary/issuer-identifier.test.ts', 'with allowInsecureLoopback'),
      },
      {
        rule: 'Redirects are not followed',
        source: 'server-side request forgery',
        file: core('transport/http-client.node.ts'),
        remove: ['if (isRedirect(status)) return fail(redirectError(status))', ''],
        test: inCore('transport/http-client.test.ts', 'refuses a redirect'),
      },
      {
        rule: 'One deadline covers headers and body, on Node',
        source: 'availability',
        file: core('transport/http-client.node.ts'),
        remove: ['() => fail(timeoutError(request.timeout))', '() => {}'],
        test: inCore('transport/http-client.test.ts', 'gives up on a body'),
      },
      {
        rule: 'One deadline covers headers and body, on fetch',
        source: 'availability',
        file: core('transport/fetch-client.ts'),
        remove: ['() => fail(timeoutError(request.timeout))', '() => {}'],
        test: inCore('transport/fetch-client.test.ts', 'ignores its signal'),
      },
      {
        rule: 'Reading stops at the limit, counted after decompression, on Node',
        source: 'CVE-2024-28180 and its like',
        file: core('transport/http-client.node.ts'),
        remove: ['if (size > maxBytes) {', 'if (false) {'],
        test: inCore('transport/http-client.test.ts', 'counts after decompression'),
      },
      {
        rule: 'Reading stops at the limit, counted after decompression, on fetch',
        source: 'CVE-2024-28180 and its like',
        file: core('transport/fetch-client.ts'),
        remove: ['if (size > maxBytes) throw tooLargeError(maxBytes)', ''],
        test: inCoreOnFetch('transport/http-client.test.ts', 'counts after decompression'),
      },
      {
        rule: 'Only status 200 is an answer',
        source: 'availability',
        file: core('transport/json-document.ts'),
        remove: ['if (response.status !== 200) {', 'if (false) {'],
        test: inCore('transport/json-document.test.ts', 'refuses status'),
      },
      {
        rule: 'Only JSON media types are an answer',
        source: 'RFC 7517 §8.5',
        file: core('transport/json-document.ts'),
        remove: ['if (!isJsonMediaType(response.contentType)) {', 'if (false) {'],
        test: inCore('transport/json-document.test.ts', 'refuses the content type'),
      },
      {
        rule: 'A second try has no more than the rest of the deadline',
        source: 'availability',
        file: core('transport/http-client.node.ts'),
        remove: [
          'return exchange(request, connections, deadline).catch(',
          'return exchange(request, connections, performance.now() + request.timeout).catch(',
        ],
        test: inCore('transport/http-client.node.test.ts', 'the rest of the first deadline'),
      },
    ],
  },
  {
    title: 'Freshness of keys',
    rules: [
      {
        rule: 'A key set beyond its maximum age is not used',
        source: 'RFC 7517 §9.2',
        file: core('keys/jwks-source.ts'),
        remove: [
          'return age <= maxAge ? { keys: current.keys, age } : undefined',
          'return { keys: current.keys, age }',
        ],
        test: inCore('keys/jwks-source.test.ts', 'until the maximum age'),
      },
      {
        rule: 'A withdrawn key dies with the first good refresh',
        source: 'RFC 7517 §9.2',
        file: core('keys/jwks-source.ts'),
        remove: ['usable.age > refreshAfter) refreshInBackground()', 'false) refreshInBackground()'],
        test: inCore('keys/jwks-source.test.ts', 'dies with the first good refresh'),
      },
      {
        rule: 'A set without a usable key replaces nothing',
        source: 'availability',
        file: core('keys/jwks-source.ts'),
        remove: [
          "if (keys.size === 0) throw new UpstreamError('no-usable-key', 'The key set holds no usable key')",
          '',
        ],
        test: inCore('keys/jwks-source.test.ts', 'leaves the keys in use alone'),
      },
      {
        rule: 'Unknown key names cost two fetches, then one a second',
        source: 'denial of service',
        file: core('keys/jwks-source.ts'),
        remove: ['&& !unknownKeyFetches.take()) return LIMITED', '&& false) return LIMITED'],
        test: inCore('keys/jwks-source.test.ts', 'two fetches plus one for each second'),
      },
      {
        rule: 'The memory of unknown key names is bounded',
        source: 'denial of service',
        file: core('transport/bounded-cache.ts'),
        remove: ['if (this.#entries.size > this.#capacity) {', 'if (false) {'],
        test: inCore('keys/jwks-source.test.ts', 'holds a thousand, and then forgets the oldest'),
      },
      {
        rule: 'A key is unknown only by a fetch that began after the token came',
        source: 'availability during rotation',
        file: core('keys/jwks-source.ts'),
        remove: ['if (closed) return CLOSED\n    }\n', 'return ABSENT\n    }\n'],
        test: inCore('keys/jwks-source.test.ts', 'on the word of a fetch'),
      },
      {
        rule: 'Ages use the clock that moved further',
        source: 'frozen processes, stepping clocks',
        file: core('transport/clock.ts'),
        remove: ['Math.max(now.wall - start.wall, now.monotonic - start.monotonic)', 'now.wall - start.wall'],
        test: inCore('transport/clock.test.ts', 'elapsedSince'),
      },
      {
        rule: 'An outage is unavailable, never a refusal',
        source: 'RFC 9110 §15.6.4',
        file: core('keys/jwks-source.ts'),
        remove: ['return closed ? CLOSED : UNREACHABLE', 'return ABSENT'],
        test: inCore('resource-server/resource-server.test.ts', 'is unavailable and never a 401'),
      },
    ],
  },
  {
    title: 'Cognito',
    rules: [
      {
        rule: 'A Cognito token of another type is refused',
        source: 'RFC 8725 §3.11',
        file: core('cognito/cognito-claims.ts'),
        remove: [
          "if (!isPlainTokenType(header.typ)) return 'token-type-not-accepted'\n      const tokenUse",
          'const tokenUse',
        ],
        test: inCore('cognito/cognito-claims.test.ts', 'is refused as'),
      },
      {
        rule: 'An ID token is no access token',
        source: 'RFC 8725 §3.12',
        file: core('cognito/cognito-claims.ts'),
        remove: [
          "if (tokenUse === 'id') return 'id-token-presented'\n      if (tokenUse !== 'access') return 'token-use-not-accepted'",
          '',
        ],
        test: inCore('cognito/cognito-claims.test.ts', 'token_use'),
      },
      {
        rule: 'The client is on the list',
        source: 'Cognito: client_id stands in for aud',
        file: core('cognito/cognito-claims.ts'),
        remove: ["if (clientIds !== null && !clientIds.includes(claims.clientId)) return 'client-not-accepted'", ''],
        test: inCore('cognito/cognito-claims.test.ts', 'of any listed client'),
      },
      {
        rule: 'A token bound to another API is refused',
        source: 'RFC 8707 §2',
        file: core('cognito/cognito-claims.ts'),
        remove: ['aud.every((value) => value === clientId)', 'true'],
        test: inCore('cognito/cognito-claims.test.ts', 'bound to a resource'),
      },
      {
        rule: 'An ID token has no scopes, whatever it says',
        source: 'RFC 8725 §3.12',
        file: core('cognito/cognito-claims.ts'),
        remove: ['scopes: [], groups', "scopes: parseScopeClaim(member(payload, 'scope')) ?? [], groups"],
        test: inCore('cognito/cognito-claims.test.ts', 'never has scopes'),
      },
      {
        rule: 'The client list cannot be left out',
        source: 'insecure default',
        file: core('cognito/user-pool.ts'),
        remove: ['if (clientId === null) return null', 'if (clientId === null || clientId === undefined) return null'],
        test: inCore('cognito/user-pool.test.ts', 'no client'),
      },
    ],
  },
  {
    title: 'Requests',
    rules: [
      {
        rule: 'One Authorization header, not several',
        source: 'RFC 6750 §2, RFC 9110 §5.3',
        file: core('resource-server/bearer-credentials.ts'),
        remove: ["if (values.length > 1) return { none: 'several-credentials' }", ''],
        test: inCore('resource-server/bearer-credentials.test.ts', 'more than one header'),
      },
      {
        rule: 'A second header that Node would drop is seen',
        source: 'RFC 9110 §5.3',
        file: core('vocabulary/protected-request.ts'),
        remove: ['return raw.length > 1 ? raw : values', 'return values'],
        test: inNest('tokenward.guard.test.ts', 'sees two Authorization headers as two'),
      },
      {
        rule: 'A token in the query beside the header is refused',
        source: 'RFC 6750 §2',
        file: core('resource-server/bearer-credentials.ts'),
        remove: ["hasQueryToken(request.url) ? { none: 'several-credentials' } : { token }", '{ token }'],
        test: inCore('resource-server/bearer-credentials.test.ts', 'refuses a header beside the token'),
      },
      {
        rule: 'Bearer is followed by one token and nothing else',
        source: 'RFC 6750 §2.1',
        file: core('resource-server/bearer-credentials.ts'),
        remove: ['([A-Za-z0-9\\-._~+/]+=*)$/i', '([A-Za-z0-9\\-._~+/]+=*)/i'],
        test: inCore('resource-server/bearer-credentials.test.ts', 'malformed'),
      },
    ],
  },
  {
    title: 'Answers',
    rules: [
      {
        rule: 'Header text cannot end its quotes or its line',
        source: 'RFC 9110 §5.5, §5.6.4',
        file: core('resource-server/challenge.ts'),
        remove: [".replace(/[^\\x20-\\x7e]/g, '').replace(/[\"\\\\]/g, '\\\\$&')", ''],
        test: inCore('resource-server/challenge.test.ts', 'escapes'),
      },
      {
        rule: 'No credentials, no error code',
        source: 'RFC 6750 §3.1',
        file: core('resource-server/challenge.ts'),
        remove: ['if (error !== undefined) {', 'if (true) {'],
        test: inCore('resource-server/challenge.test.ts', 'no error code'),
      },
      {
        rule: 'Clients are not told the reason',
        source: 'RFC 6750 §5.2',
        file: core('resource-server/outcome.ts'),
        remove: ['error_description: description }', 'error_description: reason }'],
        test: inCore('resource-server/outcome.test.ts', 'names its reason to the operator alone'),
      },
      {
        rule: 'An observer changes nothing, whatever it throws',
        source: 'fail closed',
        file: core('outcomes/events.ts'),
        remove: ['// dropped on purpose, see above', "throw new Error('observer')"],
        test: inCore('resource-server/resource-server.test.ts', 'change nothing when their observer throws'),
      },
    ],
  },
  {
    title: 'Configuration',
    rules: [
      {
        rule: 'A misspelt option is an error, not a missing check',
        source: 'insecure default',
        file: core('outcomes/option-check.ts'),
        remove: [
          'throw new ConfigurationError(`${owner}.${name}`, `is not an option',
          'if (false) throw new ConfigurationError(`${owner}.${name}`, `is not an option',
        ],
        test: inCore('strategy/route-policy.test.ts', 'a misspelt field'),
      },
      {
        rule: 'A policy field that is undefined is an error',
        source: 'insecure default',
        file: core('strategy/route-policy.ts'),
        remove: ['if (value === undefined) {', 'if (false) {'],
        test: inCore('strategy/route-policy.test.ts', 'a field that is undefined'),
      },
      {
        rule: 'A promise that cannot be kept yet is refused',
        source: 'fail closed',
        file: core('strategy/route-policy.ts'),
        remove: ["given.maxRevocationLag !== 'token-lifetime'", 'false'],
        test: inCore('strategy/route-policy.test.ts', 'revocation lag'),
      },

      {
        rule: 'A policy that turns out to be undefined is refused',
        source: 'insecure default',
        file: core('resource-server/policy-compiler.ts'),
        remove: ['if (given.length > 0 && policy === undefined) {', 'if (false) {'],
        test: inCore('resource-server/policy-compiler.test.ts', 'that turns out to be undefined'),
      },
      {
        rule: 'Options are plain objects: a promise or a map asks for nothing',
        source: 'insecure default',
        file: core('outcomes/option-check.ts'),
        remove: ['if (!isPlainObject(options)) {', "if (typeof options !== 'object' || options === null) {"],
        test: inCore('outcomes/option-check.test.ts', 'in place of options'),
      },
      {
        rule: 'A changed copy of a compiled policy is checked again',
        source: 'insecure default',
        file: core('strategy/route-policy.ts'),
        remove: ['[COMPILED]: { value: true }', '[COMPILED]: { value: true, enumerable: true }'],
        test: inCore('strategy/route-policy.test.ts', 'changed copy'),
      },
      {
        rule: 'A time that is no number fails its check',
        source: 'fail closed',
        file: core('tokens/claim-expectations.ts'),
        remove: ['return !(now < expiresAt + clockTolerance)', 'return now >= expiresAt + clockTolerance'],
        test: inCore('resource-server/resource-server.test.ts', 'a clock that breaks later'),
      },
      {
        rule: 'Closing ends what is under way',
        source: 'availability',
        file: core('transport/http-client.node.ts'),
        remove: ['for (const fail of connections.open) fail(closedError())', ''],
        test: inCore('transport/http-client.test.ts', 'ends what is under way'),
      },
    ],
  },
  {
    title: 'Enforcement in NestJS',
    rules: [
      {
        rule: 'A handler without a decorator is closed',
        source: 'CVE-2025-29927 and its like',
        file: 'packages/nestjs/src/tokenward.module.ts',
        remove: ['...(globalGuard === false ? [] : [globalGuardProvider])', ''],
        test: inNest('tokenward.guard.test.ts', 'needs a valid token where a handler has no decorator'),
      },
      {
        rule: 'A demand that nothing enforces stops the boot',
        source: 'fail closed',
        file: 'packages/nestjs/src/boot-check.ts',
        remove: ['!everyHandlerIsGuarded && !isGuarded(handler)', 'false'],
        test: inNest('tokenward.module.test.ts', 'stops the boot, by name'),
      },
      {
        rule: 'A demand on what is no HTTP handler stops the boot',
        source: 'fail closed',
        file: 'packages/nestjs/src/boot-check.ts',
        remove: ['if (isMessageHandler ? demands(handler) : demandsItself(handler)) {', 'if (false) {'],
        test: inNest('declarations.test.ts', 'on a helper method'),
      },
      {
        rule: 'A demand survives decorators that wrap the handler',
        source: 'fail closed',
        file: 'packages/nestjs/src/declarations.ts',
        remove: [
          'Reflect.defineMetadata(key, [...own, value], target, property)',
          'Reflect.defineMetadata(key, [...own, value], (target as never)[property])',
        ],
        test: inNest('declarations.test.ts', 'survive a decorator that wraps'),
      },
      {
        rule: 'A public controller does not open a handler that demands something',
        source: 'fail closed',
        file: 'packages/nestjs/src/declarations.ts',
        remove: [' && !demandsItself(handler)', ''],
        test: inNest('declarations.test.ts', 'does not open a method that demands something'),
      },
      {
        rule: 'A handler whose demands cannot be known is refused',
        source: 'fail closed',
        file: 'packages/nestjs/src/declarations.ts',
        remove: [
          'throw new ConfigurationError(',
          'return { prototype: controller.prototype, name: method.name }\n  throw new ConfigurationError(',
        ],
        test: inNest('declarations.test.ts', 'bound to its instance'),
      },
      {
        rule: 'The guard lets nothing pass that it cannot judge',
        source: 'fail closed',
        file: 'packages/nestjs/src/tokenward.guard.ts',
        remove: ["if (context.getType() !== 'http') {", 'if (false) {'],
        test: inNest('tokenward.guard.test.ts', 'outside HTTP'),
      },
      {
        rule: 'Groups of controller and handler must both be met',
        source: 'least privilege',
        file: core('strategy/route-policy.ts'),
        remove: [
          'groups: all.flatMap(({ groups }) => groups),',
          'groups: [all.flatMap(({ groups }) => groups).flat()],',
        ],
        test: inNest('tokenward.guard.test.ts', 'needs the groups of both'),
      },
    ],
  },
]

export const rules: readonly Rule[] = areas.flatMap((area) => area.rules)
