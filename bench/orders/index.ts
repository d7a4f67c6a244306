import { z } from 'zod';
import { monotonicMs } from '../../server/src/platform/machine-time.ts';
import { median } from '../machine.ts';
import type { Benchmark } from '../main.ts';
import { startOwnService, type OwnService } from '../own-service.ts';
import { openShop, purchase, type Customer, type Shop } from './customers.ts';
import { openPlainSql, type PlainSql } from './plain-sql.ts';
import { requireBooks } from './require-books.ts';

/** How often each is done, and before that without being measured. */
const inquiries = { rounds: 1_000, warmUp: 200 };
const purchases = { rounds: 500, warmUp: 100 };
const ordersAtOnce = 1_000;

const firstCores = 10;
const firstMonths = 3;
/** Of a core for these months. */
const coreYuan = 90;

interface Stage {
  service: OwnService;
  shop: Shop;
  plain: PlainSql;
  log: (line: string) => void;
}

interface Result {
  what: string;
  /** Milliseconds of each time, by the way in which it was done. */
  ways: Record<string, number[]>;
  /** What else was seen. */
  notes: string[];
}

const parts: Record<string, (stage: Stage) => Promise<Result>> = {
  inquiry: measureInquiries,
  delivery: measureDeliveries,
  'at-once': measureOrdersAtOnce,
};

export const ordersBenchmark: Benchmark = {
  summary: 'price inquiries and orders over HTTP, signed, and in process, beside plain SQL of the same rows',
  parts: Object.keys(parts),
  async run(log, names) {
    await using stack = new AsyncDisposableStack();
    const service = await startOwnService();
    stack.defer(() => service.close());
    const shop = await openShop(service);
    stack.defer(() => shop.close());
    const plain = await openPlainSql(service);
    stack.defer(() => plain.close());
    const results: Result[] = [];
    for (const name of names) {
      const measured = await parts[name]?.({ service, shop, plain, log: (line) => log(`${name}: ${line}`) });
      if (measured) results.push(measured);
    }
    const { settings } = service;
    return { result: { settings, results }, lines: [tellSettings(settings), ...results.flatMap(tell)] };
  },
};

/** A customer who has an edition asks what log analysis costs. */
async function measureInquiries({ shop, plain, log }: Stage): Promise<Result> {
  const customer = await shop.newCustomer('1000000.00');
  await customer.inProcess(purchase('first', { cores: firstCores }, { Period: firstMonths }));
  const call = {
    action: 'InquirePrice',
    version: '2026-11-01',
    parameters: { SubProductCode: 'sp_tcss_log_analysis', Parameter: '{"capacityGB":20}', Period: 3 },
  };
  log(`${inquiries.rounds} of each, one after the other`);
  const ways = await inTurn(inquiries, {
    'over HTTP': () => () => customer.overHttp(call),
    'in process': () => () => customer.inProcess(call),
    'plain SQL': () => () => plain.inquire(customer.tenant),
  });
  return { what: 'price inquiry', ways, notes: [] };
}

/** Each time a new customer buys an edition: the answer comes when it is paid, booked, billed and delivered. */
async function measureDeliveries({ shop, plain, log }: Stage): Promise<Result> {
  log(`${purchases.rounds} of each, one after the other, each with a new customer`);
  const buy = async (how: 'overHttp' | 'inProcess') => {
    const customer = await shop.newCustomer('10000.00');
    return { customer, order: () => customer[how](purchase('first', { cores: firstCores }, { Period: firstMonths })) };
  };
  let last = 0n;
  const ways = await inTurn(purchases, {
    'over HTTP': async () => (await buy('overHttp')).order,
    'in process': async () => {
      const { customer, order } = await buy('inProcess');
      last = customer.tenant;
      return order;
    },
    'plain SQL': async () => {
      const tenant = last;
      const [order] = await plain.ordersOf(tenant);
      return order && (() => plain.write(tenant, order));
    },
  });
  return { what: 'order to delivery', ways, notes: [] };
}

/** Customers have an edition, and order a core more so many times at once; then their books are read. */
async function measureOrdersAtOnce({ service, shop, plain, log }: Stage): Promise<Result> {
  const ways: Record<string, number[]> = {};
  const took = async (way: string, work: () => Promise<unknown>) => {
    const started = monotonicMs();
    await work();
    (ways[way] ??= []).push(monotonicMs() - started);
    log(`${ordersAtOnce} ${way} in ${milliseconds(ways[way]?.at(-1) ?? 0)}`);
  };
  for (let round = 0; round < 3; round += 1) {
    const customers: Customer[] = [];
    for (const how of ['overHttp', 'inProcess'] as const) {
      const customer = await shop.newCustomer(`${(firstCores + ordersAtOnce) * coreYuan}.00`);
      customers.push(customer);
      const {
        InstanceIdList: [instanceId],
      } = bought.parse(await customer.inProcess(purchase('first', { cores: firstCores }, { Period: firstMonths })));
      const orders = Array.from({ length: ordersAtOnce }, (_, index) =>
        purchase(`more-${index}`, { cores: 1, instanceId }),
      );
      await took(how === 'overHttp' ? 'over HTTP' : 'in process', () =>
        Promise.all(orders.map((order) => customer[how](order))),
      );
      await requireBooks(service.database, customer.tenant, {
        orders: ordersAtOnce + 1,
        cores: firstCores + ordersAtOnce,
      });
    }
    const tenant = customers.at(-1)?.tenant ?? 0n;
    const written = await plain.ordersOf(tenant);
    await took('plain SQL', async () => {
      for (const order of written.slice(1)) await plain.write(tenant, order);
    });
  }
  const notes = ['  each time the books were exact: every order paid, booked, billed and delivered once, nothing left'];
  return { what: `${ordersAtOnce} orders at once on one account`, ways, notes };
}

const bought = z.object({ InstanceIdList: z.array(z.string()) });

/** What is done once: prepared without being measured. */
type Prepare = () => Promise<(() => Promise<unknown>) | undefined> | (() => Promise<unknown>);

/** Each way once, then each again: what disturbs the machine disturbs all of them. */
async function inTurn(
  { rounds, warmUp }: { rounds: number; warmUp: number },
  ways: Record<string, Prepare>,
): Promise<Record<string, number[]>> {
  const figures: Record<string, number[]> = {};
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [way, prepare] of Object.entries(ways)) {
      const work = await prepare();
      if (!work) throw new Error(`there is nothing to do ${way}`);
      const started = monotonicMs();
      await work();
      if (round >= 0) (figures[way] ??= []).push(monotonicMs() - started);
    }
  }
  return figures;
}

function tellSettings(settings: Record<string, string>): string {
  return `PostgreSQL ${Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}`;
}

function tell({ what, ways, notes }: Result): string[] {
  const plain = median(ways['plain SQL'] ?? []);
  return [
    what,
    ...Object.entries(ways).map(([way, figures]) => {
      const middle = median(figures);
      const worst = figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * 0.99) - 1] ?? 0;
      const ratio = way === 'plain SQL' ? '' : `, ${(middle / plain).toFixed(2)} × plain SQL`;
      const spread = figures.length < 100 ? `of ${figures.length}` : `p99 ${milliseconds(worst)}`;
      return `  ${way.padEnd(10)}  median ${milliseconds(middle)}, ${spread}${ratio}`;
    }),
    ...notes,
  ];
}

function milliseconds(value: number): string {
  return value < 1_000 ? `${value.toFixed(2)} ms` : `${(value / 1_000).toFixed(2)} s`;
}
