/** All batches, in the order in which those of one instant run. */
import { chargeDays, sampleHour } from '../metering/index.ts';
import type { Batch } from '../platform/timers/index.ts';

export const batches: readonly Batch[] = [sampleHour, chargeDays];
