/** A top-up on the wire. */
import { z } from 'zod';
import { marketTimeZone } from '../../../platform/platform.ts';
import { toWireTime, wireString, wireTime } from '../../../platform/wire-types.ts';
import { yuan } from '../../actions/billing-fields.ts';
import { topUpStatuses, type ProviderTopUp } from '../top-up-store.ts';

export const wireTopUp = z.object({
  TopUpId: wireString,
  Amount: wireString,
  Status: z.enum(topUpStatuses),
  CreateTime: wireTime,
  /** Where it is paid, while it waits for that. */
  Url: wireString,
});

export function toWireTopUp({ topUpId, cents, status, createdAt, url }: ProviderTopUp): z.input<typeof wireTopUp> {
  return {
    TopUpId: topUpId,
    Amount: yuan(cents),
    Status: status,
    CreateTime: toWireTime(createdAt, marketTimeZone),
    Url: status === 'open' ? (url ?? '') : '',
  };
}
