/**
 * The stage of a commercial story: the real service as a process under a test clock, over a database of the test cluster,
 * so that it starts at once and a story can read back every event that happened.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { toWireTime } from '../../server/src/platform/wire-types.ts';
import { newBuyer, type Buyer } from './buyer.ts';
import { copyDatabase } from './copy-database.ts';
import { startService, type RunningService } from './running-service.ts';

const marketTimeZone = 'Asia/Shanghai';

export interface Story {
  readonly service: RunningService;
  /** Moves the clock; what is due on the way has happened when this ends. Market time where no zone is given. */
  advance(to: string | Temporal.Instant): Promise<void>;
  /** A new customer with so many yuan. */
  buyer(yuan?: string): Promise<Buyer>;
  /** From the next full hour on the customer's environment has so many counted cores. */
  putCores(buyer: Buyer, cores: number): Promise<void>;
  /** What happened to a customer, oldest first, as `market time, what, of which product`: see {@link told}. */
  events(buyer: Buyer): Promise<string[]>;
  /** The sum of all entries of the customer's books, in cents. */
  books(buyer: Buyer): Promise<bigint>;
  close(): Promise<void>;
}

/** Of these domains notices are made; what only asks another domain is left out. */
const toldDomains = ['subscriptions', 'metering', 'billing'];
const untold = ['billing.deal-paid', 'billing.credited', 'subscriptions.pack-uses-asked'];

/** Opens the stage with the clock at `start`, market time where no zone is given. */
export async function openStory(start: string, env: Record<string, string> = {}): Promise<Story> {
  const { host, password, templateName } = inject('cluster');
  const name = `story_${randomBytes(8).toString('hex')}`;
  const superuser = new pg.Client({ host, user: 'postgres', password, database: 'postgres' });
  await superuser.connect();
  await copyDatabase(superuser, name, templateName);
  const url = (role: string) =>
    `postgres://wharfinger_${role}:${encodeURIComponent(password)}@/${name}?host=${encodeURIComponent(host)}`;
  const service = await startService({
    DATABASE_URL: url('owner'),
    DATABASE_URL_APP: url('app'),
    DATABASE_URL_SYSTEM: url('system'),
    WHARFINGER_TEST_CLOCK: marketInstant(start).toString(),
    ...env,
  });
  const reader = new pg.Client({ host, user: 'postgres', password, database: name });
  await reader.connect();
  return {
    service,
    async advance(to) {
      const instant = typeof to === 'string' ? marketInstant(to) : to;
      await service.operator('AdvanceTestClock', { To: instant.toString() });
    },
    buyer: (yuan) => newBuyer(service, yuan),
    async putCores({ accountId }, Cores) {
      await service.operator('PutSamples', { Uin: accountId, Cores });
    },
    async events({ accountId }) {
      const { rows } = await reader.query<EventRow>(
        `select type, extract(epoch from happened_at)::text as at, coalesce(payload->>'product', payload->>'ended') as product
        from events where tenant_id = $1 and split_part(type, '.', 1) = any($2) and type <> all($3) order by id`,
        [accountId, toldDomains, untold],
      );
      return rows.map(({ type, at, product }) => {
        const instant = Temporal.Instant.fromEpochMilliseconds(Number(at) * 1000);
        return told(instant, type.slice(type.indexOf('.') + 1), product ?? undefined);
      });
    },
    async books({ accountId }) {
      const { rows } = await reader.query<{ sum: string }>(
        'select coalesce(sum(cents), 0)::text as sum from ledger_entries where tenant_id = $1',
        [accountId],
      );
      return BigInt(rows[0]?.sum ?? '');
    },
    async close() {
      await reader.end();
      await service.remove();
      await superuser.query(`drop database ${name} with (force)`);
      await superuser.end();
    },
  };
}

interface EventRow {
  type: string;
  at: string;
  product: string | null;
}

/** An event as {@link Story.events} tells it, such as `2026-04-30 14:00:00 isolated professional`. */
export function told(at: Temporal.Instant, what: string, product?: string): string {
  return [toWireTime(at, marketTimeZone), what, ...(product === undefined ? [] : [product])].join(' ');
}

/** Instants that may be written in market time, without a zone. */
export function marketInstant(text: string): Temporal.Instant {
  return /Z|[+-]\d\d:\d\d$/.test(text)
    ? Temporal.Instant.from(text)
    : Temporal.PlainDateTime.from(text).toZonedDateTime(marketTimeZone).toInstant();
}

/** The daily notices at 10:00 from one market day to another, both included. */
export function daily(from: string, until: string, what: string, product: string): string[] {
  const days: string[] = [];
  const last = Temporal.PlainDate.from(until);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    days.push(`${day.toString()} 10:00:00 ${what} ${product}`);
  }
  return days;
}
