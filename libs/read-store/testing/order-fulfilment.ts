import { type Aggregate } from '#libs/event-store';
import { type DomainEvent, type Projection, type Saga } from '#libs/kernel';

export type Ordered = DomainEvent<'Ordered', { readonly order: string; readonly item: string }>;
export type Shipped = DomainEvent<'Shipped', { readonly order: string; readonly item: string }>;
export type OrderCommand = { readonly type: 'Order' | 'Ship'; readonly order: string; readonly item: string };

/** Ships as often as it is told: only the command's id keeps an item from being shipped twice. */
export const orders: Aggregate<OrderCommand, null, Ordered | Shipped> = {
  name: 'order',
  streamOf: (id) => `order-${id}`,
  decider: {
    initial: null,
    decide: ({ type, order, item }) => [
      type === 'Order'
        ? { type: 'Ordered', data: { order, item } }
        : { type: 'Shipped', data: { order, item } },
    ],
    evolve: () => null,
  },
};

export interface OrderRow {
  readonly order: string;
  readonly open: number;
  readonly events: readonly string[];
}

export const orderRows: Projection<OrderRow, Ordered | Shipped> = {
  name: 'orders',
  version: 1,
  types: ['Ordered', 'Shipped'],
  indexes: { byOpen: ['open'] },
  keys: (event) => [event.data.order, 'all'],
  apply: (row, event, key) => ({
    order: key,
    open: (row?.open ?? 0) + (event.type === 'Ordered' ? 1 : -1),
    events: key === 'all' ? [] : [...(row?.events ?? []), `${event.type} ${event.data.item}`],
  }),
};

interface Open {
  items: string[];
  ordered: number;
}

export const shippingSaga: Saga<Open, Ordered | Shipped, OrderCommand> = {
  name: 'shipping',
  version: 1,
  types: ['Ordered', 'Shipped'],
  partitions: (event) => [event.data.order],
  initial: () => ({ items: [], ordered: 0 }),
  evolve(state, { type, data }) {
    if (type === 'Ordered') {
      state.items.push(data.item);
      state.ordered++;
    } else state.items = state.items.filter((item) => item !== data.item);
    return state;
  },
  *due(state) {
    for (const item of state.items) {
      const [order = ''] = item.split('/');
      yield { key: item, command: { type: 'Ship', order, item } };
    }
  },
  snapshot: (state) => state,
  restore: (snapshot) => snapshot as Open,
};
