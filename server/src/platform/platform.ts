/** What every domain stands on, made once for a process and handed to actions and jobs. */
import type { AddressGuard } from './address-guard/index.ts';
import type { Blobs } from './blobs/index.ts';
import type { Clock } from './clock/index.ts';
import type { Config } from './config.ts';
import type { Database } from './database/index.ts';
import type { Logger } from './log.ts';
import type { Secrets } from './secrets/index.ts';

export interface Platform {
  readonly config: Config;
  readonly log: Logger;
  readonly database: Database;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Files outside the database, each kind in a folder of its own below the home. */
  readonly blobs: Blobs;
  /** The one guard for all addresses that users give. */
  readonly guard: AddressGuard;
}

/** The market's time zone: where days, anniversaries and wire times are counted. Source: product rules. */
export const marketTimeZone = 'Asia/Shanghai';
