/**
 * Any sequence of purchases, renewals, credits and moves of the clock, through the real actions and the database, leaves
 * every subscription in one state, which is the one that its end says, and the wallet with what was not spent.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { products, subProductCodes, type Product } from '../catalog/index.ts';
import { stateAt } from './lifecycle.ts';
import type { Subscription } from './subscription.ts';
import { readSubscriptions } from './subscription-store.ts';

type Move =
  | { kind: 'buy'; product: Product; flag: string }
  | { kind: 'more'; product: Product }
  | { kind: 'renew'; product: Product }
  | { kind: 'credit'; yuan: number }
  | { kind: 'wait'; hours: number };

const anyProduct = fc.constantFrom(...products);
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant('buy' as const),
    product: anyProduct,
    flag: fc.constantFrom('NOTIFY_AND_AUTO_RENEW', 'NOTIFY_AND_MANUAL_RENEW'),
  }),
  fc.record({ kind: fc.constant('more' as const), product: anyProduct }),
  fc.record({ kind: fc.constant('renew' as const), product: anyProduct }),
  fc.record({ kind: fc.constant('credit' as const), yuan: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.constantFrom(1, 24, 119, 120, 144, 700, 92 * 24) }),
);

const parameters = {
  professional: { cores: 1 },
  'image-scan': { scansPerMonth: 300 },
  'log-analysis': { capacityGB: 10 },
} as const satisfies Record<Product, object>;

/** Reaches everything that can happen. */
const wholeLife: Move[] = [
  { kind: 'credit', yuan: 400 },
  { kind: 'buy', product: 'professional', flag: 'NOTIFY_AND_MANUAL_RENEW' },
  { kind: 'buy', product: 'image-scan', flag: 'NOTIFY_AND_AUTO_RENEW' },
  { kind: 'more', product: 'professional' },
  { kind: 'renew', product: 'professional' },
  { kind: 'wait', hours: 92 * 24 },
  { kind: 'wait', hours: 40 * 24 },
];

describe('any history of a customer', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-01-31T14:00:00+08:00');
  });
  afterAll(() => market.close());

  const now = () => market.database.inSystem('test', (tx) => market.clock.now(tx));
  const held = ({ tenant }: Customer) => market.database.inTenant(tenant, (tx) => readSubscriptions(tx, tenant));
  const living = async (customer: Customer, product: Product) =>
    (await held(customer)).find((each) => each.product === product && each.state !== 'destroyed');

  const play = async (customer: Customer, move: Move): Promise<void> => {
    if (move.kind === 'wait') return market.advance((await now()).add({ hours: move.hours }));
    if (move.kind === 'credit') return customer.topUp(move.yuan);
    const { product } = move;
    const instanceId = (await living(customer, product))?.instanceId ?? 'none';
    // Whether it is possible is for others to test: here it may be refused, but must not go wrong.
    if (move.kind === 'buy') await errorCode(customer.buy(product, parameters[product], { RenewFlag: move.flag }));
    else if (move.kind === 'more') await errorCode(customer.buy(product, { ...parameters[product], instanceId }));
    else {
      await errorCode(
        customer.call('RenewInstance', {
          ClientToken: randomUUID(),
          ProductCode: 'p_tcss',
          SubProductCode: subProductCodes[product],
          RegionCode: 'r',
          InstanceId: instanceId,
        }),
      );
    }
  };

  const judge = async (customer: Customer): Promise<string[]> => {
    const at = await now();
    const all = await held(customer);
    const alive = (product: Product) => all.filter((each) => each.product === product && each.state !== 'destroyed');
    const { rows } = await market.database.inTenant(customer.tenant, (tx) =>
      sql<{ sum: bigint }>`select coalesce(sum(cents), 0)::bigint as sum from ledger_entries`.execute(tx),
    );
    const [professional] = alive('professional');
    const [scan] = alive('image-scan');
    return [
      ...all.filter((each) => stateAt(each, at) !== each.state).map(({ instanceId }) => `${instanceId} is not settled`),
      ...products.filter((product) => alive(product).length > 1).map((product) => `two of ${product} live`),
      ...all.flatMap(grantProblems),
      ...(scan && !professional ? ['image scan outlives the professional edition'] : []),
      ...(scan && professional && Temporal.Instant.compare(scan.endsAt, professional.endsAt) > 0
        ? ['image scan ends after the professional edition']
        : []),
      ...(rows[0]?.sum === 0n ? [] : [`the ledger is off by ${rows[0]?.sum}`]),
    ];
  };

  it('leaves nothing out of order', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyMove, { minLength: 5, maxLength: 14 }), async (moves) => {
        const customer = await market.customer(300);
        for (const move of moves) {
          await play(customer, move);
          expect(await judge(customer)).toEqual([]);
        }
        for (const [type] of await customer.events()) reached.add(type);
      }),
      { numRuns: 25, examples: [[wholeLife]] },
    );
    expect([...reached]).toEqual(
      expect.arrayContaining(['purchased', 'widened', 'renewed', 'isolated', 'stopped', 'destroyed']),
    );
  });
});

/** What was paid for lies within the life of its instance, and the last of it ends with the instance. */
function grantProblems({ instanceId, startedAt, endsAt, grants }: Subscription): string[] {
  const outside = grants.filter(
    ({ from, until }) => Temporal.Instant.compare(from, startedAt) < 0 || Temporal.Instant.compare(until, endsAt) > 0,
  );
  return [
    ...outside.map(({ id }) => `grant ${id} lies outside the life of ${instanceId}`),
    ...(grants.some(({ until }) => until.equals(endsAt)) ? [] : [`nothing of ${instanceId} runs until its end`]),
  ];
}
