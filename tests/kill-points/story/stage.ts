/** What the kill points' stories are told with: steps of clients that try again until they have their answer. */
import { createAccount } from '../../../server/src/accounts/index.ts';
import type { CatalogDocument } from '../../../server/src/catalog/catalog.ts';
import { builtInCatalog } from '../../../server/src/catalog/built-in.ts';
import { ActionError } from '../../../server/src/platform/errors.ts';
import { advanceTestClock } from '../../../server/src/platform/timers/index.ts';
import { actionCaller, operatorCaller, type CallAction } from '../../support/call-action.ts';
import type { TestPlatform } from '../../support/platform-over.ts';

/** What clients remember from one step to the next: ids that they were answered. */
export type Notes = Record<string, string>;

export interface Stage {
  readonly platform: TestPlatform;
  readonly operator: CallAction;
  readonly notes: Notes;
  /** Calls as the customer of this name. */
  readonly as: (customer: string) => CallAction;
  /** Makes a verified account. */
  readonly newCustomer: (name: string) => Promise<void>;
  /** Publishes the built-in catalogue with these changes. */
  readonly publish: (changes: Partial<CatalogDocument>) => Promise<void>;
  /** Moves the clock; what is due on the way has happened when this ends. */
  readonly advance: (to: string) => Promise<void>;
}

export interface Step {
  readonly name: string;
  /** Done again from its beginning when the process was killed in it. */
  readonly run: (stage: Stage) => Promise<void>;
}

export interface Chapter {
  readonly name: string;
  /** Where the clock stands at its beginning. */
  readonly start: string;
  /** Whether background jobs run in it. */
  readonly jobs: boolean;
  /** What there is before it begins; nobody is killed here. */
  readonly prepare: (stage: Stage) => Promise<void>;
  readonly steps: readonly Step[];
}

export function openStage(platform: TestPlatform, notes: Notes): Stage {
  const operator = operatorCaller(platform);
  return {
    platform,
    operator,
    notes,
    as: (customer) => actionCaller(platform, BigInt(notes[customer] ?? '0')),
    async newCustomer(name) {
      const { uin } = await platform.database.inSystem('test', async (tx) =>
        createAccount(tx, { email: `${name}@example.com`, verified: true }, await platform.clock.now(tx)),
      );
      notes[name] = String(uin);
    },
    async publish(changes) {
      const { version: _, ...document } = builtInCatalog;
      await operator('PublishCatalog', { Catalog: { ...document, ...changes }, Note: 'for a story' });
    },
    async advance(to) {
      await advanceTestClock(platform, (now) => {
        const wanted = Temporal.Instant.from(to);
        return Temporal.Instant.compare(now, wanted) < 0 ? wanted : now;
      });
    },
  };
}

/** A purchase as clients ask for it; the token is what makes it safe to ask again. */
export function purchase(
  token: string,
  product: string,
  parameter: object,
  more: object = {},
): Record<string, unknown> {
  return {
    ClientToken: token,
    ProductCode: 'p_tcss',
    SubProductCode: `sp_tcss_${product}`,
    RegionCode: 'ap-guangzhou',
    ZoneCode: 'ap-guangzhou-1',
    PayMode: 'PrePay',
    Parameter: JSON.stringify(parameter),
    ...more,
  };
}

/** The one id in an answer's list. */
export function idIn(answer: Record<string, unknown>, field: string): string {
  const list = answer[field];
  if (!Array.isArray(list) || typeof list[0] !== 'string') throw new Error(`${field} has no id`);
  return list[0];
}

/** Asks for something that has no token: an answer with this code says that it was done the first time. */
export async function unlessDone(code: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ActionError && error.code === code)) throw error;
  }
}
