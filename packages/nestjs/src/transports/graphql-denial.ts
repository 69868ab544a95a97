import { Catch, type ExceptionFilter } from '@nestjs/common'

const denials = new WeakSet<object>()

/** What is refused over GraphQL, whatever class the error has: its package is loaded on demand. */
abstract class GraphqlDenial {
  static [Symbol.hasInstance](error: unknown): boolean {
    return typeof error === 'object' && error !== null && denials.has(error)
  }
}

export function asDenial<Failure extends Error>(error: Failure): Failure {
  denials.add(error)
  return error
}

/**
 * Hands the error on. The filter of NestJS would log each as a failure of the application, and strangers could fill the
 * log. Filters of the application come before this one.
 */
@Catch(GraphqlDenial)
export class GraphqlDenialFilter implements ExceptionFilter<Error> {
  catch(error: Error): never {
    throw error
  }
}
