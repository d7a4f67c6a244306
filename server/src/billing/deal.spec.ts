import { describe, expect, it } from 'vitest';
import { dealStatus, nextStatus, type DealEvent, type DealStatus } from './deal.ts';

const events: readonly DealEvent[] = [
  'pay',
  'deliver',
  'delivered',
  'expire',
  'cancel',
  'grant-refund',
  'reject-refund',
];
/** Every move there is; the numbers are the contract's. */
const allowed: readonly (readonly [DealStatus, DealEvent, DealStatus])[] = [
  [1, 'pay', 2],
  [1, 'expire', 8],
  [1, 'cancel', 7],
  [2, 'deliver', 3],
  [3, 'delivered', 4],
  [13, 'grant-refund', 6],
  [13, 'reject-refund', 7],
];

describe('an order', () => {
  it.each(Object.values(dealStatus).flatMap((status) => events.map((event) => [status, event] as const)))(
    'at %i, at the event %s, goes only where the table says',
    (status, event) => {
      const [, , to] = allowed.find(([from, what]) => from === status && what === event) ?? [];
      expect(nextStatus(status, event)).toBe(to);
    },
  );

  it('that has come to an end stays there', () => {
    const ended = [dealStatus.delivered, dealStatus.refunded, dealStatus.cancelled, dealStatus.expired];
    expect(ended.flatMap((status) => events.map((event) => nextStatus(status, event))).filter(Boolean)).toEqual([]);
  });
});
