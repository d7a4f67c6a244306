/** Prices that were told and bind for some minutes: rules, and SQL of their table. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { readPriceLines, writePriceLines, type PriceLine, type Product } from '../catalog/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';

/** So long a quote binds. Source: issue 4, 2. */
const quoteMinutes = 15;

type QuoteTables = {
  price_quotes: {
    tenant_id: bigint;
    quote_id: string;
    subject: string;
    lines: unknown;
    expires_at: Temporal.Instant;
  };
};

/** What a quote is the price of: an order under it must be for exactly this. */
export interface QuoteSubject {
  action: 'purchase' | 'renew' | 'upgrade';
  product: Product;
  /** The instance that is renewed or widened; null makes a new one. */
  instanceId: string | null;
  quantity: string | null;
  months: number | null;
  promotionCode: string | null;
  /** Where what it hangs on ended when it was priced: a renewal meanwhile makes another price. */
  termEnd: string | null;
}

/** Keeps a price and gives its id. */
export async function keepQuote(
  tx: AppTransaction,
  tenant: bigint,
  subject: QuoteSubject,
  lines: readonly PriceLine[],
  now: Temporal.Instant,
): Promise<string> {
  const quoteId = `quote-${randomBytes(12).toString('hex')}`;
  await sql`
    with expired as (delete from price_quotes where tenant_id = ${tenant} and expires_at <= ${now}),
      -- Its commit does not wait for the disk: a quote that is lost with the machine is asked for again, as one that expired.
      hurried as (select set_config('synchronous_commit', 'off', true))
    insert into price_quotes (tenant_id, quote_id, subject, lines, expires_at)
    select ${tenant}, ${quoteId}, ${canonical(subject)}, ${writePriceLines(lines)}::jsonb,
      ${now.add({ minutes: quoteMinutes })}
    from hurried`.execute(tx);
  return quoteId;
}

/**
 * The lines of a quote, which is used up by that. Throws `InvalidParameter.QuoteExpired` for one that is not known or no
 * longer binds, `InvalidParameter.QuoteMismatch` for one that is the price of something else.
 */
export async function takeQuote(
  tx: AppTransaction,
  tenant: bigint,
  quoteId: string,
  subject: QuoteSubject,
  now: Temporal.Instant,
): Promise<PriceLine[]> {
  const row = await tx
    .withTables<QuoteTables>()
    .deleteFrom('price_quotes')
    .where('tenant_id', '=', tenant)
    .where('quote_id', '=', quoteId)
    .returningAll()
    .executeTakeFirst();
  if (!row || Temporal.Instant.compare(now, row.expires_at) >= 0) {
    throw new ActionError(
      'InvalidParameter.QuoteExpired',
      'this quote is not known or no longer binds; ask for the price again',
    );
  }
  if (row.subject !== canonical(subject)) {
    throw new ActionError(
      'InvalidParameter.QuoteMismatch',
      'this quote is the price of something else than is ordered; ask for the price again',
    );
  }
  return readPriceLines(row.lines);
}

function canonical({ action, product, instanceId, quantity, months, promotionCode, termEnd }: QuoteSubject): string {
  return JSON.stringify([action, product, instanceId, quantity, months, promotionCode, termEnd]);
}
