import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { ConfigurationError, type MetadataResponse, type ResourceServer } from '@tokenward/core'
import { metadataMiddleware } from '@tokenward/core/node'
import { RESOURCE_SERVER } from './tokenward-options.js'

/**
 * Serves the metadata of a server that has a `resource` where clients look for them (RFC 9728 §3.1): outside of global
 * prefix and versions, to everybody.
 */
@Injectable()
export class MetadataRoute implements OnModuleInit {
  readonly #server: ResourceServer
  readonly #host: HttpAdapterHost

  constructor(@Inject(RESOURCE_SERVER) server: ResourceServer, @Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#server = server
    this.#host = host
  }

  onModuleInit(): void {
    const metadata = metadataOf(this.#server)
    // Microservices alone speak no HTTP.
    const adapter = this.#host.httpAdapter as HttpAdapterHost['httpAdapter'] | undefined
    if (metadata !== undefined) adapter?.use(metadataMiddleware(metadata))
  }
}

/** `undefined` for a server without `resource`. */
function metadataOf(server: ResourceServer): MetadataResponse | undefined {
  try {
    return server.metadata()
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined
    throw error
  }
}
