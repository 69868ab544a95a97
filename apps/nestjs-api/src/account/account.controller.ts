import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common'
import { CurrentPrincipal, type Principal, Public, revocationEntryFor, type RevocationList } from '@tokenward/nestjs'

/** Injects the list that the module was given. */
export const REVOCATION_LIST = Symbol('revocation-list')

@Controller()
export class AccountController {
  constructor(@Inject(REVOCATION_LIST) private readonly revocations: RevocationList) {}

  /** No decorator: with the global guard every route needs a valid token. */
  @Get('me')
  me(@CurrentPrincipal() caller: Principal) {
    const { subject, clientId, scopes, groups } = caller
    return { subject, clientId, scopes, groups }
  }

  /** Ends the login everywhere at once: routes, operations, and connections that are open. */
  @Post('sign-out')
  @HttpCode(204)
  async signOut(@CurrentPrincipal() caller: Principal): Promise<void> {
    await this.revocations.add(revocationEntryFor(caller, 'login'))
  }

  @Public()
  @Get('health')
  health() {
    return { status: 'ok' }
  }
}
