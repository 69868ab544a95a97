import type { Area } from './rule.ts'

const core = (file: string) => `packages/core/src/${file}`
const inCore = (file: string, title: string) => ({ project: 'core', file: `packages/core/test/${file}`, title })
const confirmation = (title: string) => inCore('vocabulary/confirmation.test.ts', title)
const pipeline = (title: string) => inCore('resource-server/sender-constraints.test.ts', title)
const checks = (title: string) => inCore('sender-constraints/sender-checks.test.ts', title)

export const senderConstraintRules: Area = {
  title: 'Sender constraints',
  rules: [
    {
      rule: 'A `cnf` of any type counts, also null or empty',
      source: 'RFC 7800 §3.1',
      file: core('vocabulary/confirmation.ts'),
      remove: ["if (!isJsonObject(cnf)) return 'unverifiable'", 'if (!isJsonObject(cnf)) return undefined'],
      test: inCore('tokens/jwt-validator.test.ts', 'a token with a cnf claim'),
    },
    {
      rule: 'A `cnf` without members binds to something nobody can check',
      source: 'RFC 7800 §3.1',
      file: core('vocabulary/confirmation.ts'),
      remove: ['members.length > 0 && ', ''],
      test: confirmation('unverifiable, whole'),
    },
    {
      rule: 'A member of `cnf` that is not understood makes the token unverifiable, whatever stands beside it',
      source: 'RFC 7800 §3.1',
      file: core('vocabulary/confirmation.ts'),
      remove: ['isMethod(name) && isThumbprint(value)', '!isMethod(name) || isThumbprint(value)'],
      test: confirmation('unverifiable, whole'),
    },
    {
      rule: 'A thumbprint is 32 bytes in one spelling',
      source: 'RFC 8705 §3.1, RFC 9449 §6.1',
      file: core('vocabulary/confirmation.ts'),
      remove: ['decodeBase64url(value)?.length === THUMBPRINT_BYTES', "value !== ''"],
      test: confirmation('takes 32 bytes in one spelling'),
    },
    {
      rule: 'A JWT that nobody can hold to its sender is refused',
      source: 'RFC 8705 §3, RFC 9449 §7.2',
      file: core('tokens/jwt-validator.ts'),
      remove: [
        "if (confirmation === 'unverifiable') return 'sender-constraint-unchecked'",
        "if (confirmation === 'unverifiable') return 'claims-malformed'",
      ],
      test: inCore('tokens/jwt-validator.test.ts', 'a token with a cnf claim'),
    },
    {
      rule: 'A token is held to what it is bound to, or refused where nothing checks that',
      source: 'RFC 8705 §3, RFC 9449 §7.2',
      file: core('sender-constraints/sender-checks.ts'),
      remove: [
        "if (!bound.every((method) => this.#methods.includes(method))) return 'sender-constraint-unchecked'",
        '',
      ],
      test: checks('nothing checks what the token is bound to'),
    },
    {
      rule: 'A token that is bound in several ways is held to all of them',
      source: 'RFC 7800 §3.1',
      file: core('sender-constraints/sender-checks.ts'),
      remove: ['if (answer !== undefined) return answer', 'if (answer !== undefined && i === 0) return answer'],
      test: checks('has to show all that the token is bound to'),
    },
    {
      rule: 'A route that requires bound tokens takes no others',
      source: 'RFC 9700 §2.2.1',
      file: core('sender-constraints/sender-checks.ts'),
      remove: ["demand === 'required' && !isShown ? 'sender-constraint-missing' : undefined", 'undefined'],
      test: pipeline('is accepted where that is not demanded'),
    },
    {
      rule: 'A route that requires bound tokens does not start where nothing checks them',
      source: 'fail closed',
      file: core('resource-server/policy-compiler.ts'),
      remove: ["compiled.senderConstrained === 'required' && !bindsSenders", 'false'],
      test: pipeline('can be demanded only where something is checked'),
    },
    {
      rule: 'Where one of several policies requires bound tokens, all together do',
      source: 'fail closed',
      file: core('strategy/route-policy.ts'),
      remove: ["all.some((policy) => policy.senderConstrained === 'required')", 'false'],
      test: pipeline('is required where one of several policies requires it'),
    },
    {
      rule: 'Decorators of NestJS keep the demand for a bound token',
      source: 'fail closed',
      file: 'packages/nestjs/src/policies/merged-policy.ts',
      remove: [
        "isWrittenIn(given, compiled, 'senderConstrained', 'if-bound') ? { senderConstrained } : undefined",
        'undefined',
      ],
      test: {
        project: 'nestjs',
        file: 'packages/nestjs/test/decorators.test.ts',
        title: 'takes a token with a proof of its key, and none that is bound to nothing',
      },
    },
    {
      rule: 'The sender is looked at before any evidence',
      source: 'cheap checks first',
      file: core('resource-server/authorization.ts'),
      remove: ['if (shown !== undefined) return { facts, result: shown }', ''],
      test: pipeline('is accepted with what proves it'),
    },
    {
      rule: 'The sender is looked at before a schema or a decision is waited for',
      source: 'cheap checks first',
      file: core('resource-server/authorization.ts'),
      remove: ['if (unshown !== undefined) return not(unshown)', ''],
      test: pipeline('is held to what it shows where a route waits for a decision'),
    },
    {
      rule: 'A bound token is refused where nothing is configured',
      source: 'RFC 8705 §3, RFC 9449 §7.2',
      file: core('sender-constraints/sender-checks.ts'),
      remove: ["if (confirmation !== undefined) return 'sender-constraint-unchecked'", ''],
      test: pipeline('shows nothing where nothing is configured'),
    },
    {
      rule: 'A token whose verification is remembered stays bound',
      source: 'RFC 8705 §3, RFC 9449 §7.2',
      file: core('tokens/repeated-values.ts'),
      remove: ['      ...times,\n', '      ...times,\n      confirmation: undefined,\n'],
      test: pipeline('shows nothing where nothing is configured'),
    },
    {
      rule: 'What an authorization server says a token is bound to is checked, too',
      source: 'RFC 8705 §3.2, RFC 9449 §6.2',
      file: core('resource-server/authorization.ts'),
      remove: ['(await sender.compare(facts, senderConstrained)) ??', ''],
      test: pipeline('binds an opaque token, on every request'),
    },
    {
      rule: 'An answer does not unbind a token',
      source: 'RFC 7662 §2.2',
      file: core('tokens/introspected-facts.ts'),
      remove: ['facts.confirmation ?? readConfirmation(answer)', 'readConfirmation(answer)'],
      test: inCore('tokens/introspected-facts.test.ts', 'leaves a token bound as it is'),
    },
    {
      rule: 'An answer that says by its type alone that the token is bound gives nothing to check',
      source: 'RFC 9449 §6.2',
      file: core('tokens/introspected-facts.ts'),
      remove: ["if (kind.includes('dpop')) return confirmation?.jkt !== undefined", ''],
      test: inCore('tokens/introspected-facts.test.ts', 'leaves nothing that could be checked'),
    },
    {
      rule: 'A precheck looks at the sender, too',
      source: 'fail closed',
      file: core('resource-server/authorization.ts'),
      remove: ['if (unshown !== undefined) return { ...known, result: unshown }', ''],
      test: pipeline('spends nothing in a precheck'),
    },
    {
      rule: 'Thumbprints are compared to the end, wherever they differ',
      source: 'timing attacks',
      file: core('vocabulary/constant-time.ts'),
      remove: [
        'difference |= a.charCodeAt(i) ^ b.charCodeAt(i)',
        'if (a.charCodeAt(i) !== b.charCodeAt(i)) return false',
      ],
      test: inCore('vocabulary/constant-time.test.ts', 'to the end, whatever it has found'),
    },
  ],
}
