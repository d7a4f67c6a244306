/** A tenant asks to pay in money: the wish is kept first, then the provider is asked for the page. */
import { randomBytes } from 'node:crypto';
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { setTimer } from '../../platform/timers/index.ts';
import { lockWallet } from '../wallet.ts';
import { topUpTimer } from './apply-payment.ts';
import { firstLook, lookAfterTopUp } from './look-after-top-up.ts';
import type { PaymentProvider } from './provider.ts';
import { paymentProvider } from './providers.ts';
import { countOpen, findTopUp, insertTopUp, setPage, type ProviderTopUp } from './top-up-store.ts';

/** So many may wait to be paid. */
const mostOpen = 20;

export interface TopUpWish {
  readonly cents: bigint;
  readonly idempotencyKey?: string | undefined;
}

/**
 * Makes a page to pay on, or gives the one that was made under the same key. Throws `FailedOperation.NoPaymentProvider`,
 * `FailedOperation.PaymentProvider` when it does not answer, `InvalidParameter.IdempotencyKeyReused`, `LimitExceeded`.
 */
export async function createTopUp(platform: Platform, tenant: bigint, wish: TopUpWish): Promise<ProviderTopUp> {
  const { database, clock, config, log } = platform;
  const provider = paymentProvider(config);
  if (!provider) {
    throw new ActionError(
      'FailedOperation.NoPaymentProvider',
      'paying in is not set up here; ask the operator to top up',
    );
  }
  const asked = await database.inTenant(tenant, async (tx) => keep(tx, tenant, provider, wish, await clock.now(tx)));
  if (asked.status !== 'open' || asked.url !== undefined) return asked;
  const { topUpId, cents } = asked;
  let page: { reference: string; url: string };
  try {
    page = await provider.open({ tenant, topUpId, cents });
  } catch (err) {
    log.error({ err, tenant: String(tenant), topUpId }, 'the payment provider made no page');
    throw new ActionError(
      'FailedOperation.PaymentProvider',
      'the payment provider does not answer; try again with the same IdempotencyKey',
    );
  }
  await database.inTenant(tenant, (tx) => setPage(tx, tenant, topUpId, page));
  return { ...asked, ...page };
}

async function keep(
  tx: AppTransaction,
  tenant: bigint,
  { name: provider, mostCents }: PaymentProvider,
  { cents, idempotencyKey }: TopUpWish,
  now: Temporal.Instant,
): Promise<ProviderTopUp> {
  await lockWallet(tx, tenant);
  const topUpId = `tu-${randomBytes(10).toString('hex')}`;
  const earlier = idempotencyKey === undefined ? undefined : await findTopUp(tx, tenant, { idempotencyKey });
  if (earlier?.cents === cents) return earlier;
  if (earlier) {
    throw new ActionError('InvalidParameter.IdempotencyKeyReused', 'this idempotency key was used for another amount');
  }
  if (cents > mostCents) {
    throw new ActionError(
      'InvalidParameterValue',
      `Amount: the payment provider takes at most ${mostCents} cents at once`,
    );
  }
  if ((await countOpen(tx, tenant)) >= mostOpen) {
    throw new ActionError('LimitExceeded', `${mostOpen} top-ups wait to be paid; pay one, or let it end after a day`);
  }
  const wish = { topUpId, provider, cents, idempotencyKey: idempotencyKey ?? topUpId, createdAt: now };
  const asked = await insertTopUp(tx, tenant, wish);
  const dueAt = now.add(firstLook);
  await setTimer(tx, tenant, { key: topUpTimer(topUpId), dueAt, job: lookAfterTopUp, data: { topUpId } });
  return asked;
}
