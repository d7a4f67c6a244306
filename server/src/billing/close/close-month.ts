/**
 * The close of a month: it is sealed, so that nothing lands in it any more; then bills, ledger and orders are held against
 * each other; and only when they agree on every order the month is closed. Closed again it is proved again, and must have
 * the digest that it had.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdWithoutTimeouts } from '../../platform/clock/index.ts';
import type { Database, SystemTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { monotonicMs } from '../../platform/machine-time.ts';
import type { ChargeSource } from './charge-source.ts';
import {
  currentWriters,
  insertAccounts,
  insertClose,
  listCloses,
  lockCloses,
  readDigests,
  sealMonth,
  type MonthClose,
} from './close-store.ts';
import { marketMonth, type MarketMonth } from './market-month.ts';
import { proveMonth, type AccountProof, type Difference, type MonthSums } from './prove-month.ts';

export type CloseOutcome =
  | { readonly closed: true; readonly close: MonthClose }
  | { readonly closed: false; readonly differences: readonly Difference[]; readonly differenceCount: number };

/** So many differences are told; all are counted. */
const mostTold = 100;
const writersPatienceMs = 30_000;
const lookMs = 20;

/** Closes a month that is over. Throws `FailedOperation.MonthNotOver` for another. */
export async function closeMonth(
  database: Database,
  name: string,
  sources: readonly ChargeSource[],
  now: Temporal.Instant,
): Promise<CloseOutcome> {
  const month = marketMonth(name);
  if (Temporal.Instant.compare(now, month.until) < 0) {
    throw new ActionError('FailedOperation.MonthNotOver', `${name} lasts until ${month.until.toString()}`);
  }
  await database.inSystem('seal a month', (tx) => sealMonth(tx, month, now));
  await letWritersEnd(database);
  // What differs is told by an error, so that nothing of the close is kept.
  try {
    const close = await database.inSystem('close a month', (tx) => proveAndKeep(tx, month, sources, now));
    return { closed: true, close };
  } catch (error) {
    if (!(error instanceof MonthDiffers)) throw error;
    return { closed: false, differences: error.differences, differenceCount: error.count };
  }
}

class MonthDiffers extends Error {
  readonly differences: readonly Difference[];
  readonly count: number;
  constructor(differences: readonly Difference[], count: number) {
    super(`${count} differences`);
    this.differences = differences;
    this.count = count;
  }
}

async function proveAndKeep(
  tx: SystemTransaction,
  month: MarketMonth,
  sources: readonly ChargeSource[],
  now: Temporal.Instant,
): Promise<MonthClose> {
  await holdWithoutTimeouts(tx);
  await lockCloses(tx);
  const [earlier] = await listCloses(tx, month.month);
  const digests = earlier && (await readDigests(tx, month.month));
  const differences: Difference[] = [];
  let count = 0;
  const differ = (difference: Difference) => {
    count += 1;
    if (differences.length < mostTold) differences.push(difference);
  };
  const hash = createHash('sha256');
  let accounts = 0;
  let billCount = 0n;
  let sums: MonthSums = { bills: 0n, ledger: 0n, orders: 0n, charges: 0n, refunds: 0n };
  for await (const proofs of proveMonth(tx, month, sources)) {
    for (const proof of proofs) {
      for (const difference of proof.differences) differ(difference);
      if (digests && digests.get(proof.tenant) !== proof.digest) differ(changed(proof));
      digests?.delete(proof.tenant);
      hash.update(`${proof.tenant} ${proof.digest}\n`);
      accounts += 1;
      billCount += proof.billCount;
      sums = plus(sums, proof);
    }
    if (!earlier && count === 0) await insertAccounts(tx, month.month, proofs);
  }
  for (const tenant of digests?.keys() ?? []) differ(changed({ tenant, bills: 0n, ledger: 0n }));
  if (count > 0) throw new MonthDiffers(differences, count);
  if (earlier) return earlier;
  const close = { month: month.month, closedAt: now, accounts, billCount, ...sums, digest: hash.digest('hex') };
  await insertClose(tx, close);
  return close;
}

/** Every order agrees, but it is not what was there at the close. */
function changed({ tenant, bills, ledger }: Pick<AccountProof, 'tenant' | 'bills' | 'ledger'>): Difference {
  const reason = 'bills or bookings are not those of the close';
  return { tenant, orderId: '', billIds: [], reason, billed: bills, listed: bills, ledger, ordered: bills };
}

function plus(a: MonthSums, b: MonthSums): MonthSums {
  return {
    bills: a.bills + b.bills,
    ledger: a.ledger + b.ledger,
    orders: a.orders + b.orders,
    charges: a.charges + b.charges,
    refunds: a.refunds + b.refunds,
  };
}

/** Waits for those who may have begun to book before the seal; who begins after it is refused by the database. */
async function letWritersEnd(database: Database): Promise<void> {
  const until = monotonicMs() + writersPatienceMs;
  let writers = await currentWriters(database);
  while (writers.length > 0) {
    if (monotonicMs() > until) {
      throw new ActionError('ResourceInUse', 'bookings still run that began before the close; try again');
    }
    await sleep(lookMs);
    writers = await currentWriters(database, writers);
  }
}
