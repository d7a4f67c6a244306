/** Asks the provider how a payment stands, in case its notice was lost; after a day it cannot be paid any more. */
import { z } from 'zod';
import { job, type Job } from '../../platform/jobs/index.ts';
import { setTimer } from '../../platform/timers/index.ts';
import { lockWallet } from '../wallet.ts';
import { applyPayment, topUpTimer } from './apply-payment.ts';
import { paymentProvider } from './providers.ts';
import { findTopUp, setStatus } from './top-up-store.ts';

export const firstLook = { minutes: 15 } as const;
const nextLook = { hours: 1 } as const;
/** So long a page can be paid on. */
const timeToPay = { hours: 24 } as const;
/** What was begun on the page may take its bank some days. */
const patience = { hours: 24 * 7 } as const;

const data = z.object({ topUpId: z.string() });

export const lookAfterTopUp: Job<z.infer<typeof data>> = job({
  name: 'billing.look-after-top-up',
  data,
  maxAttempts: 100,
  async run({ platform, tenant }, { topUpId }) {
    const { database, clock, config } = platform;
    const [asked, now] = await database.inTenant(tenant, async (tx) => [
      await findTopUp(tx, tenant, { topUpId }),
      await clock.now(tx),
    ]);
    if (asked?.status !== 'open') return;
    const since = (time: Temporal.DurationLike) => Temporal.Instant.compare(now, asked.createdAt.add(time)) >= 0;
    const provider = paymentProvider(config);
    if (provider?.name === asked.provider && asked.reference !== undefined) {
      const { reference } = asked;
      const payment = since(timeToPay) ? await provider.end(reference) : await provider.look(reference);
      if (payment) await applyPayment(platform, provider.name, payment);
    }
    // A page that nobody was told of is paid by nobody.
    const givenUp = asked.reference === undefined ? since(timeToPay) : since(patience);
    await database.inTenant(tenant, async (tx) => {
      await lockWallet(tx, tenant);
      const after = await findTopUp(tx, tenant, { topUpId });
      if (after?.status !== 'open') return;
      if (givenUp) await setStatus(tx, tenant, topUpId, 'ended', now);
      else {
        const dueAt = now.add(nextLook);
        await setTimer(tx, tenant, { key: topUpTimer(topUpId), dueAt, job: lookAfterTopUp, data: { topUpId } });
      }
    });
  },
});
