import { Controller, Delete, Get } from '@nestjs/common'
import { CurrentPrincipal, type Principal, Public, RequireScopes } from '@tokenward/nestjs'
import { CatsService } from './cats.service'

@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @Get()
  @RequireScopes(['cats/read'])
  list(@CurrentPrincipal() caller: Principal) {
    return { cats: this.cats.all(), caller: caller.subject }
  }

  @Delete()
  @RequireScopes(['cats/write'])
  remove() {
    return 'removed'
  }

  @Get('health')
  @Public()
  health() {
    return 'ok'
  }
}
