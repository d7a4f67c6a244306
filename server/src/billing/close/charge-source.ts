import type { RawBuilder } from 'kysely';
import type { MarketMonth } from './market-month.ts';

/** One charge of what was used, as the domain that measures it has written it down. */
export interface ChargeRow {
  tenant_id: bigint;
  /** What stands in the place of an order's number on its bill. */
  order_id: string;
  cents: bigint;
}

/**
 * A domain that charges for use tells what it has charged in a month from its own tables, so that the close holds bills and
 * ledger against something that neither of them has written.
 */
export interface ChargeSource {
  /** A query of its charges; to be used inside another. */
  chargesIn(month: MarketMonth): RawBuilder<ChargeRow>;
}
