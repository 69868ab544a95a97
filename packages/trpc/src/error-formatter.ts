import type { TRPCError } from '@trpc/server'
import type { TRPCErrorShape } from '@trpc/server/rpc'
import { type AuthErrorData, authErrorDataOf } from './denial.js'

/** An error shape whose data tells of a refusal, if the error is one. */
export type WithAuthData<Shape extends TRPCErrorShape> = Omit<Shape, 'data'> & {
  data: Shape['data'] & { auth?: AuthErrorData }
}

/**
 * Puts what a client may know of a refusal into `shape.data.auth`, and takes the stack out. Give it to `initTRPC` as
 * `errorFormatter`, or call it with the shape that another formatter has made. Streams answer 200 whatever becomes of
 * their calls, so that there is no other reliable place.
 */
export function authErrorFormatter<Shape extends TRPCErrorShape>({
  error,
  shape,
}: {
  readonly error: TRPCError
  readonly shape: Shape
}): WithAuthData<Shape> {
  const auth = authErrorDataOf(error)
  if (auth === undefined) return shape
  const { stack: _, ...data } = shape.data as Shape['data'] & { readonly stack?: string }
  return { ...shape, data: { ...data, auth } } as WithAuthData<Shape>
}
