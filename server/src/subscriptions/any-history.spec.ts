/**
 * Any sequence of commands, decisions of the operator, changes of the catalogue and moves of the clock, through the real
 * actions and the database, leaves every subscription in one state, which is the one that its end says, and the books in
 * order: they sum to zero, nothing is charged twice, and what was paid and what went back is what a second telling of the
 * rules, on paper, comes to.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorCode, operatorCaller } from '../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { builtInCatalog } from '../catalog/built-in.ts';
import { products, subProductCodes, type Product } from '../catalog/index.ts';
import { PaperBook } from './fixtures/paper-book.ts';
import { stateAt } from './lifecycle.ts';
import { quantityInForce, type Subscription } from './subscription.ts';
import { readQuantityInForce, readSubscriptions } from './subscription-store.ts';

type Move =
  | { kind: 'buy'; product: Product; flag: string }
  | { kind: 'more' | 'renew' | 'give-back' | 'give-back-part'; product: Product }
  | { kind: 'tick'; product: Product; flag: string }
  | { kind: 'decide'; decision: 'approve' | 'reject' }
  | { kind: 'cores'; cores: number }
  | { kind: 'price'; yuan: number }
  | { kind: 'credit'; yuan: number }
  | { kind: 'wait'; hours: number };

const anyProduct = fc.constantFrom(...products);
const flag = fc.constantFrom('NOTIFY_AND_AUTO_RENEW', 'NOTIFY_AND_MANUAL_RENEW');
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('buy' as const), product: anyProduct, flag }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('more' as const, 'renew' as const, 'give-back' as const, 'give-back-part' as const),
      product: anyProduct,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const), product: anyProduct, flag }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      decision: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cores' as const), cores: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('price' as const), yuan: fc.constantFrom(24, 30) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('credit' as const), yuan: fc.integer({ min: 1, max: 400 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      hours: fc.constantFrom(1, 24, 26, 119, 120, 144, 700, 92 * 24),
    }),
  },
);

const parameters = {
  professional: { cores: 2 },
  'image-scan': { scansPerMonth: 300 },
  'log-analysis': { capacityGB: 20 },
} as const satisfies Record<Product, object>;
const morePart = { professional: 1, 'image-scan': 300, 'log-analysis': 10 } as const;

const buy = (product: Product, flag = 'NOTIFY_AND_MANUAL_RENEW'): Move => ({ kind: 'buy', product, flag });
const of = (kind: 'more' | 'renew' | 'give-back' | 'give-back-part', product: Product): Move => ({ kind, product });
const wait = (hours: number): Move => ({ kind: 'wait', hours });

/** Reach together everything that can happen. */
const wholeLife: Move[] = [
  { kind: 'credit', yuan: 400 },
  buy('professional'),
  buy('image-scan', 'NOTIFY_AND_AUTO_RENEW'),
  of('more', 'professional'),
  of('renew', 'professional'),
  wait(92 * 24),
  wait(40 * 24),
];
const changesOfMind: Move[] = [
  { kind: 'credit', yuan: 400 },
  { kind: 'price', yuan: 24 },
  buy('log-analysis'),
  buy('professional'),
  of('renew', 'professional'),
  of('more', 'professional'),
  { kind: 'price', yuan: 30 },
  { kind: 'cores', cores: 5 },
  wait(26),
  { kind: 'cores', cores: 2 },
  wait(144),
  of('more', 'professional'),
  of('give-back-part', 'professional'),
  { kind: 'decide', decision: 'approve' },
  of('renew', 'log-analysis'),
  of('more', 'log-analysis'),
  of('give-back-part', 'log-analysis'),
  { kind: 'decide', decision: 'reject' },
  wait(1),
  of('give-back', 'log-analysis'),
  { kind: 'decide', decision: 'approve' },
];
const firstDays: Move[] = [
  { kind: 'credit', yuan: 400 },
  buy('professional'),
  buy('image-scan'),
  of('more', 'professional'),
  of('give-back', 'image-scan'),
  wait(24),
  of('give-back', 'professional'),
  buy('professional'),
  of('give-back', 'professional'),
];

/** A customer, and what is written down of it on paper. */
interface History {
  readonly customer: Customer;
  readonly paper: PaperBook;
  readonly anchors: Map<string, Temporal.Instant>;
  lastEvent: bigint;
}

const eventPayload = z.object({
  instanceId: z.string(),
  product: z.enum(products),
  orderId: z.string(),
  endsAt: z.string().optional(),
  oldEnd: z.string().optional(),
  quantity: z.string().optional(),
  cents: z.string().optional(),
});

const moneyEvents = ['purchased', 'widened', 'renewed', 'refunded'].map((what) => `subscriptions.${what}`);

describe('any history of a customer', () => {
  let market: Market;
  /** Of a core and month, now. */
  let coreYuan = 30;
  beforeAll(async () => {
    market = await openMarket('2026-01-31T14:00:00+08:00');
  });
  afterAll(() => market.close());

  const now = () => market.database.inSystem('test', (tx) => market.clock.now(tx));
  const operator = (name: string, request: Record<string, unknown>) => operatorCaller(market)(name, request);
  const held = ({ tenant }: Customer) => market.database.inTenant(tenant, (tx) => readSubscriptions(tx, tenant));
  const living = async (customer: Customer, product: Product) =>
    (await held(customer)).find((each) => each.product === product && each.state !== 'destroyed');
  const putCores = async ({ tenant }: Customer, Cores: number) => {
    // While the data of what has ended are deleted, nothing new comes.
    await market.advance(await now());
    await operator('PutSamples', { Uin: String(tenant), Cores });
  };

  const play = async ({ customer }: History, move: Move): Promise<void> => {
    if (move.kind === 'credit') return customer.topUp(move.yuan);
    if (move.kind === 'cores') return putCores(customer, move.cores);
    if (move.kind === 'price') {
      const { version: _, ...document } = builtInCatalog;
      const professional = { ...document.professional, unitPriceMicro: move.yuan * 1_000_000 };
      // A price that is in force already is no change.
      await errorCode(operator('PublishCatalog', { Catalog: { ...document, professional } }));
      coreYuan = move.yuan;
      return;
    }
    if (move.kind === 'wait') {
      // Sampled hour by hour a long time would take long.
      if (move.hours > 150) await putCores(customer, 0);
      return market.advance((await now()).add({ hours: move.hours }));
    }
    if (move.kind === 'decide') {
      const { List } = await operator('DescribeRefundRequests', { Uin: String(customer.tenant) });
      for (const { Uin, OrderId } of z.array(z.object({ Uin: z.string(), OrderId: z.string() })).parse(List)) {
        await errorCode(operator('DecideRefund', { Uin, OrderId, Decision: move.decision }));
      }
      return;
    }
    const { product } = move;
    const instanceId = (await living(customer, product))?.instanceId ?? 'none';
    const common = {
      ClientToken: randomUUID(),
      ProductCode: 'p_tcss',
      SubProductCode: subProductCodes[product],
      RegionCode: 'r',
      InstanceId: instanceId,
    };
    // Whether it is possible is for others to test: here it may be refused, but must not go wrong.
    switch (move.kind) {
      case 'buy':
        await errorCode(customer.buy(product, parameters[product], { RenewFlag: move.flag }));
        return;
      case 'more': {
        const [name] = Object.keys(parameters[product]);
        await errorCode(customer.buy(product, { [name ?? '']: morePart[product], instanceId }));
        return;
      }
      case 'renew':
        await errorCode(customer.call('RenewInstance', common));
        return;
      case 'give-back':
        await errorCode(customer.call('RefundInstance', common));
        return;
      case 'give-back-part': {
        const part = { professional: { Cores: 1 }, 'image-scan': {}, 'log-analysis': { CapacityGB: 10 } }[product];
        const request = { InstanceId: instanceId, Reason: 'less', ...part };
        await errorCode(customer.call('CreateRefundRequest', request));
        return;
      }
      case 'tick': {
        const { SubProductCode: _, ClientToken: __, ...subject } = common;
        await errorCode(customer.call('SetRenewal', { ...subject, RenewFlag: move.flag }));
      }
    }
  };

  /** Writes down on paper what has happened since, and says where the service came to another sum. */
  const compare = async (history: History): Promise<string[]> => {
    const { customer, paper, anchors } = history;
    const { rows } = await market.database.inTenant(customer.tenant, (tx) =>
      sql<{ id: bigint; type: string; at: Temporal.Instant; payload: unknown; paid: bigint; asked: bigint | null }>`
        select e.id, e.type, e.happened_at as at, e.payload, d.real_cents as paid, r.quantity as asked
        from events e
        join deals d on d.tenant_id = e.tenant_id and d.order_id = e.payload->>'orderId'
        left join refund_requests r on r.tenant_id = d.tenant_id and r.order_id = d.order_id
        where e.id > ${history.lastEvent} and e.type = any(${moneyEvents})
        order by e.id`.execute(tx),
    );
    const problems: string[] = [];
    for (const { id, type, at, payload, paid, asked } of rows) {
      history.lastEvent = id;
      const { instanceId, product, orderId, ...said } = eventPayload.parse(payload);
      if (product === 'image-scan') continue;
      let onPaper: bigint;
      if (type === 'subscriptions.refunded') {
        onPaper = paper.giveBack(instanceId, at, asked ?? undefined);
        if (onPaper !== BigInt(said.cents ?? -1)) problems.push(`${orderId} gave back ${said.cents}, not ${onPaper}`);
        continue;
      }
      if (type === 'subscriptions.purchased') anchors.set(instanceId, at);
      const from = said.oldEnd === undefined ? at : Temporal.Instant.from(said.oldEnd);
      onPaper = paper.buy({
        orderId,
        product,
        instanceId,
        quantity: said.quantity === undefined ? paper.untilEnd(instanceId, from) : BigInt(said.quantity),
        centsPerMonth: product === 'professional' ? BigInt(coreYuan) * 100n : 100n,
        anchor: anchors.get(instanceId) ?? at,
        paidAt: at,
        from,
        until: Temporal.Instant.from(said.endsAt ?? ''),
      });
      if (onPaper !== paid) problems.push(`${orderId} cost ${paid}, not ${onPaper}`);
    }
    return [...problems, ...paper.overdrawn().map((orderId) => `${orderId} gave back more than was paid`)];
  };

  const judge = async ({ customer }: History): Promise<string[]> => {
    const at = await now();
    const all = await held(customer);
    const alive = (product: Product) => all.filter((each) => each.product === product && each.state !== 'destroyed');
    const { rows } = await market.database.inTenant(customer.tenant, (tx) =>
      sql<{ sum: bigint; days: bigint; charges: bigint; bills: bigint; over: bigint; lost: bigint }>`select
        (select coalesce(sum(cents), 0)::bigint from ledger_entries) as sum,
        (select count(distinct day) from elastic_charges) as days,
        (select count(*) from ledger_transactions where kind = 'charge') as charges,
        (select count(*) from bills where pay_mode = 'postPay') as bills,
        (select count(*) from deals d where d.action <> 'refund' and d.real_cents < (
          select sum(p.worth_cents) from refund_parts p join subscription_grants g on g.id = p.grant_id
          where g.order_id = d.order_id)) as over,
        (select count(*) from refund_requests r join subscriptions s using (tenant_id, instance_id)
          where r.decided_at is null and s.state = 'destroyed') as lost`.execute(tx),
    );
    const miscounted = await market.database.inTenant(customer.tenant, async (tx) => {
      const counts = await Promise.all(
        all.map(async (each) => [each, await readQuantityInForce(tx, customer.tenant, each, at)] as const),
      );
      return counts.filter(([each, inDatabase]) => inDatabase !== quantityInForce(each, at));
    });
    const [books] = rows;
    const [professional] = alive('professional');
    const [scan] = alive('image-scan');
    return [
      ...all.filter((each) => stateAt(each, at) !== each.state).map(({ instanceId }) => `${instanceId} is not settled`),
      ...products.filter((product) => alive(product).length > 1).map((product) => `two of ${product} live`),
      ...all.flatMap(grantProblems),
      ...miscounted.map(([{ instanceId }, inDatabase]) => `the database counts ${inDatabase} of ${instanceId}`),
      ...(scan && !professional ? ['image scan outlives the professional edition'] : []),
      ...(scan && professional && Temporal.Instant.compare(scan.endsAt, professional.endsAt) > 0
        ? ['image scan ends after the professional edition']
        : []),
      ...(books?.sum === 0n ? [] : [`the ledger is off by ${books?.sum}`]),
      ...(books?.days === books?.charges ? [] : [`${books?.charges} charges of ${books?.days} days`]),
      ...(books?.days === books?.bills ? [] : [`${books?.bills} bills of ${books?.days} days`]),
      ...(books?.over === 0n ? [] : ['more went back of an order than was paid for it']),
      ...(books?.lost === 0n ? [] : ['a refund of what is gone still waits']),
    ];
  };

  it('leaves nothing out of order, and all sums as they are on paper', async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyMove, { minLength: 5, maxLength: 16 }), async (moves) => {
        const customer = await market.customer(300);
        const history = { customer, paper: new PaperBook(), anchors: new Map(), lastEvent: 0n };
        for (const move of moves) {
          await play(history, move);
          expect([...(await compare(history)), ...(await judge(history))]).toEqual([]);
        }
        for (const [type] of await customer.events()) reached.add(type);
        await putCores(customer, 0);
      }),
      { numRuns: 40, examples: [[wholeLife], [changesOfMind], [firstDays]] },
    );
    expect([...reached]).toEqual(
      expect.arrayContaining(
        'purchased widened renewed isolated stopped destroyed refund-requested refund-rejected refunded'.split(' '),
      ),
    );
  }, 300_000);
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
