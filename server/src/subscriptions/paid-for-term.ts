/** What was paid for a stretch of an instance's life. */
import { share } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { add, multiply, noMoney, type Money } from '../platform/money.ts';
import { marketTimeZone } from '../platform/platform.ts';
import type { PaidGrant } from './refunds/refund-amount.ts';
import { readPaidGrants } from './refunds/refund-store.ts';

/** The part of its orders that `[from, until)` has used up, after promotions and however it was paid, exact. */
export async function paidForTerm(
  tx: AppTransaction,
  tenant: bigint,
  instanceId: string,
  { from, until }: { from: Temporal.Instant; until: Temporal.Instant },
): Promise<Money> {
  const grants = await readPaidGrants(tx, tenant, instanceId, from);
  return grants.reduce((sum, grant) => add(sum, paidForPart(grant, from, until)), noMoney);
}

/** By the share of the grant's term, as a refund has it. Source: product rules, 8. */
export function paidForPart(grant: PaidGrant, from: Temporal.Instant, until: Temporal.Instant): Money {
  const { line, anchor } = grant;
  const [begin, end] = [later(from, grant.from), earlier(until, grant.until)];
  if (line.quantity === 0n || line.share.numerator === 0n || Temporal.Instant.compare(begin, end) >= 0) return noMoney;
  const part = share(anchor.toZonedDateTimeISO(marketTimeZone), begin, end);
  return multiply(
    line.amount,
    grant.quantity * part.numerator * line.share.denominator,
    line.quantity * part.denominator * line.share.numerator,
  );
}

function later(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) >= 0 ? one : other;
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) <= 0 ? one : other;
}
