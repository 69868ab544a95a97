'use client'

import { useActionState } from 'react'
import type { Order } from '../lib/orders'

/** What came of the last attempt to cancel an order. */
export interface Attempt {
  readonly id: string
  readonly outcome: 'cancelled' | 'refused' | 'unavailable'
}

interface OrdersTableProps {
  readonly orders: readonly Order[]
  readonly cancel: (last: Attempt | undefined, form: FormData) => Promise<Attempt>
}

const ATTEMPTS: Readonly<Record<Attempt['outcome'], string>> = {
  cancelled: 'was cancelled. Cognito confirmed your token a moment ago.',
  refused: 'was not cancelled: your token does not allow it, or no longer stands.',
  unavailable: 'was not cancelled: Cognito could not be asked. Please try again.',
}

/** All orders, and the action of an administrator on each that is open. */
export function OrdersTable({ orders, cancel }: OrdersTableProps) {
  const [attempt, submit, isPending] = useActionState(cancel, undefined)
  return (
    <section className="card" aria-labelledby="orders">
      <h2 id="orders">Orders</h2>
      <p>
        Reading takes a token that is valid here. Cancelling takes the group <code>managers</code>, and Cognito is asked
        each time: <code>maxRevocationLag: &apos;0s&apos;</code>.
      </p>
      <form action={submit} className="scroll">
        <table>
          <caption>Orders with their state</caption>
          <thead>
            <tr>
              <th scope="col">Order</th>
              <th scope="col" className="number">
                Price
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {orders.map(({ id, item, customer, cents, state }) => (
              <tr key={id}>
                <th scope="row">
                  {item}
                  <br />
                  <span className="quiet">{`${id} · ${customer}`}</span>
                </th>
                <td className="number">{`€\u00a0${(cents / 100).toFixed(2)}`}</td>
                <td>
                  <span className="row end">
                    <span className={`state ${state}`}>{state}</span>
                    {state === 'open' ? (
                      <button className="button plain small" name="id" value={id} disabled={isPending}>
                        Cancel<span className="unseen">{` order ${id}`}</span>
                      </button>
                    ) : null}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </form>
      <div role="status">
        {attempt === undefined ? null : (
          <p className={attempt.outcome === 'cancelled' ? 'notice good' : 'notice'}>
            {`Order ${attempt.id} ${ATTEMPTS[attempt.outcome]}`}
          </p>
        )}
      </div>
    </section>
  )
}
