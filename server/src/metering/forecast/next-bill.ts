/** A dry run of the next charge: what 02:00 would charge if nothing more were sampled, by the code of the charge itself. */
import { draftUsageBills, type DraftedBill, type PricedUsage } from '../../billing/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { judgeDay } from '../elastic/guard-day.ts';
import { daysOfRun, openDays } from '../elastic/open-days.ts';
import { priceDay } from '../elastic/price-day.ts';
import { chargeInstant } from '../elastic/rules.ts';

export interface NextBills {
  readonly chargeAt: Temporal.Instant;
  /** One for each day, the oldest first; none where there is nothing to charge. */
  readonly drafts: readonly DraftedBill[];
  /** From which day on nothing would be charged, and why: the account is parked, or would be. */
  readonly held: { readonly from: Temporal.PlainDate; readonly reason: string; readonly cents: bigint } | undefined;
}

export async function draftNextBills(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<NextBills> {
  const chargeAt = nextCharge(now);
  const usages: PricedUsage[] = [];
  let held: NextBills['held'];
  for (const text of (await openDays(tx, [tenant], daysOfRun(chargeAt))).keys()) {
    const day = Temporal.PlainDate.from(text);
    const priced = await priceDay(tx, day, [tenant]);
    const cents = priced.reduce((sum, { line }) => sum + line.cents, 0n);
    const verdict = held ? undefined : (await judgeDay(tx, day, priced, chargeAt)).get(tenant);
    if (held) held = { ...held, cents: held.cents + cents };
    else if (verdict && !verdict.may) held = { from: day, reason: verdict.reason, cents };
    else usages.push(...priced);
  }
  return { chargeAt, drafts: await draftUsageBills(tx, usages, chargeAt), held };
}

/** The first 02:00 after an instant. */
export function nextCharge(now: Temporal.Instant): Temporal.Instant {
  const today = now.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  const ofYesterday = chargeInstant(today.subtract({ days: 1 }), marketTimeZone);
  return Temporal.Instant.compare(ofYesterday, now) > 0 ? ofYesterday : chargeInstant(today, marketTimeZone);
}
