import { z } from 'zod';
import { defineEvent } from '../platform/events/index.ts';

/** A trial was opened. */
export const trialOpened = defineEvent('subscriptions.trial-opened', z.object({ endsAt: z.string() }));

/** The trial came to its end without a professional edition. */
export const trialEnded = defineEvent('subscriptions.trial-ended', z.object({ endedAt: z.string() }));
