import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import type { DynamicModule } from '@nestjs/common'
import {
  Args,
  Field,
  GraphQLModule,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql'
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  CurrentPrincipal,
  MaxRevocationLag,
  type Principal,
  Public,
  RequireGroups,
  RequireScopes,
} from '@tokenward/nestjs'
import { createClient } from 'graphql-ws'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

/** A stream of events that a test drives; who listens is counted. */
class Events {
  #waiting: ((result: IteratorResult<{ tick: number }>) => void)[] = []
  listeners = 0

  emit(tick: number): void {
    for (const resolve of this.#waiting.splice(0)) resolve({ done: false, value: { tick } })
  }

  listen(): AsyncIterableIterator<{ tick: number }> {
    this.listeners += 1
    const iterator: AsyncIterableIterator<{ tick: number }> = {
      next: () => new Promise((resolve) => this.#waiting.push(resolve)),
      return: async () => {
        this.listeners -= 1
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }
}

export const events = new Events()

@ObjectType()
export class Order {
  @Field()
  id!: string
}

@Resolver(() => Order)
export class OrdersResolver {
  @Query(() => [Order])
  @RequireScopes(['orders/read'])
  orders(): Order[] {
    return [{ id: '1' }, { id: '2' }]
  }

  @Query(() => String)
  @Public()
  health(): string {
    return 'ok'
  }

  @Query(() => String)
  whoami(@CurrentPrincipal() caller: Principal): string {
    return caller.subject
  }

  @Mutation(() => String)
  @RequireScopes(['orders/write'])
  @MaxRevocationLag('0s')
  remove(@Args('id') id: string, @CurrentPrincipal() caller: Principal): string {
    return `${id} removed on ${caller.evidence.source}`
  }

  @ResolveField(() => String)
  @RequireGroups(['accountants'])
  margin(@Parent() { id }: Order, @CurrentPrincipal() caller: Principal): string {
    return `margin of ${id} for ${caller.subject}`
  }

  @Subscription(() => Int, { resolve: ({ tick }: { tick: number }) => tick })
  ticks() {
    return events.listen()
  }

  @Subscription(() => Int, {
    resolve: ({ tick }: { tick: number }) => tick,
    filter: ({ tick }: { tick: number }) => tick > 10,
  })
  @MaxRevocationLag('0s')
  @RequireScopes(['orders/read'])
  guardedTicks() {
    return events.listen()
  }
}

/** A driver with the platform it runs on. */
export interface GraphqlDriver {
  readonly name: string
  readonly platform: () => ExpressAdapter | FastifyAdapter
  module(options?: object): DynamicModule
}

export const drivers: readonly GraphqlDriver[] = [
  {
    name: 'Apollo on Express',
    platform: () => new ExpressAdapter(),
    module: (options) =>
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        autoSchemaFile: true,
        fieldResolverEnhancers: ['guards'],
        subscriptions: { 'graphql-ws': true },
        includeStacktraceInErrorResponses: false,
        ...options,
      }),
  },
  {
    name: 'Mercurius on Fastify',
    platform: () => new FastifyAdapter(),
    module: (options) =>
      GraphQLModule.forRoot<MercuriusDriverConfig>({
        driver: MercuriusDriver,
        autoSchemaFile: true,
        fieldResolverEnhancers: ['guards'],
        subscription: { fullWsTransport: true },
        ...options,
      }),
  },
]

interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[]
}

/** Sends an operation over HTTP. */
export async function query(url: string, text: string, token?: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: text }),
  })
  return { status: response.status, headers: response.headers, ...((await response.json()) as GraphqlAnswer) }
}

/** What a subscription received, and how it ended. */
export interface Subscribed {
  readonly received: unknown[]
  readonly ended: Promise<unknown>
  stop(): void
}

/** Opens a connection with these parameters, and subscribes. */
export function subscribe(url: string, text: string, connectionParams: Record<string, unknown>): Subscribed {
  const client = createClient({
    url: `${url.replace('http:', 'ws:')}/graphql`,
    connectionParams,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  })
  onTestFinished(() => void client.dispose())
  const received: unknown[] = []
  let stop = () => {}
  const ended = new Promise<unknown>((resolve) => {
    stop = client.subscribe<unknown>(
      { query: text },
      {
        next: ({ data, errors }) => (errors === undefined ? void received.push(data) : resolve(errors)),
        error: resolve,
        complete: () => resolve('complete'),
      },
    )
  })
  return { received, ended, stop }
}
