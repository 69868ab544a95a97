import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common'
import type { AbstractHttpAdapter } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { Test } from '@nestjs/testing'
import { TokenwardModule, type TokenwardModuleExtras, type TokenwardModuleOptions } from '@tokenward/nestjs'
import { onTestFinished } from 'vitest'

interface AppSettings extends Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'> {
  readonly options: TokenwardModuleOptions & TokenwardModuleExtras
  readonly adapter?: () => AbstractHttpAdapter
  readonly prepare?: (app: INestApplication) => unknown
  readonly logger?: NestApplicationOptions['logger']
  readonly until?: (close: () => Promise<void>) => void
}

/** Starts an application on a loopback port, for as long as the test runs, or the file where `until` says so. */
export async function startApp({
  options,
  adapter = () => new ExpressAdapter(),
  prepare,
  logger = false,
  until = onTestFinished,
  imports = [],
  ...metadata
}: AppSettings) {
  const module = await Test.createTestingModule({
    imports: [TokenwardModule.forRoot(options), ...imports],
    ...metadata,
  }).compile()
  const app = module.createNestApplication(adapter(), { logger, forceCloseConnections: true })
  await prepare?.(app)
  until(() => app.close())
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  return { app, port, url: `http://127.0.0.1:${port}` }
}
