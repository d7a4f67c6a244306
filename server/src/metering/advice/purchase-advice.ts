/** What the page of a purchase recommends. Source: product rules, 3.1. */
import { currentCatalog, defaultElasticCap, leastQuantity } from '../../catalog/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { readSubscriptions, readTrial } from '../../subscriptions/index.ts';
import { coverCores, type CoveredCores, type KnownCores } from '../elastic/cover-cores.ts';
import { readCores } from '../elastic/read-cores.ts';

export interface PurchaseAdvice {
  readonly known: KnownCores;
  readonly covered: CoveredCores;
  /** Unprotected cores and those that are elastic now, and what only the trial gives; 0 where none were found. */
  readonly cores: bigint;
  /** What is pre-filled. */
  readonly elasticCap: bigint;
  /** The least that is sold of more scans than there are images without one. */
  readonly scansPerMonth: bigint;
}

/** `chosenCores`: what the buyer has put in instead of what is recommended. */
export async function advisePurchase(
  tx: AppTransaction,
  tenant: bigint,
  { chosenCores, neverScanned }: { chosenCores: bigint | undefined; neverScanned: bigint },
  now: Temporal.Instant,
): Promise<PurchaseAdvice> {
  const catalog = await currentCatalog(tx, now);
  const professional = (await readSubscriptions(tx, tenant)).find(({ product }) => product === 'professional');
  const known = await readCores(tx, tenant, { trial: await readTrial(tx, tenant), professional }, now);
  const covered = coverCores(known);
  const cores = covered.toBuy === 0n ? 0n : leastQuantity(catalog, 'professional', covered.toBuy);
  return {
    known,
    covered,
    cores,
    elasticCap: defaultElasticCap(catalog, chosenCores ?? cores),
    scansPerMonth: leastQuantity(catalog, 'image-scan', neverScanned + 1n),
  };
}
