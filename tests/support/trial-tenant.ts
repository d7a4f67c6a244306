/** A verified main account with an open trial: what most stories begin with. */
import { createAccount } from '../../server/src/accounts/index.ts';
import type { Platform } from '../../server/src/platform/platform.ts';
import { openTrial } from '../../server/src/subscriptions/open-trial.ts';

let accounts = 0;

/** Makes one and gives its tenant; the trial opens when the platform's clock says now. */
export async function trialTenant({ database, clock }: Platform): Promise<bigint> {
  const { uin } = await database.inSystem('test', async (tx) =>
    createAccount(tx, { email: `tenant-${++accounts}@example.com`, verified: true }, await clock.now(tx)),
  );
  await database.inTenant(uin, async (tx) => openTrial(tx, uin, await clock.now(tx)));
  return uin;
}
