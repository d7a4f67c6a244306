/** Who hears which event, in the order in which they run. */
import type { Subscriber } from '../platform/events/index.ts';

export const subscribers: readonly Subscriber[] = [];
