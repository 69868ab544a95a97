import type { Order } from './order.js'

/** Stands for the database. Of a user it has the `sub`. */
export const orderTable = new Map<string, Order>(
  [
    { id: '1', item: 'Espresso cups', quantity: 6, owner: 'ann' },
    { id: '2', item: 'Coffee beans, 1 kg', quantity: 2, owner: 'eve' },
    { id: '3', item: 'Milk jug', quantity: 1, owner: 'ann' },
  ].map((order) => [order.id, order]),
)
