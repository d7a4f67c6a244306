/** What the doctor finds. */
import type { Config } from '../../platform/config.ts';

export interface Check {
  name: string;
  /** `warn`: the service runs, with less; `fail`: it does not start, or not safely. */
  state: 'ok' | 'warn' | 'fail';
  found: string;
  /** What to do; absent when all is well. */
  advice?: string;
}

/** What the checks stand on. */
export interface Ground {
  home: string;
  /** Absent when the settings cannot be used. */
  config?: Config;
}

export type Checks = (ground: Ground) => Promise<Check[]> | Check[];

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found };
}

export function warn(name: string, found: string, advice: string): Check {
  return { name, state: 'warn', found, advice };
}

export function fail(name: string, found: string, advice: string): Check {
  return { name, state: 'fail', found, advice };
}
