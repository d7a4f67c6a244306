import type { Client as BillingClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/billing/v20180709/billing_client.js';
import type { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_client.js';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { action } from '../platform/action.ts';
import { wireString, wireUint64 } from '../platform/wire-types.ts';
import { billingActions, ownActions, tcssActions } from './actions.ts';
import type { ActionDifference, Difference, Differences } from './sdk-types.ts';

// These are checked by the compiler (`npm run check`): a line that does not hold is a type error there.
describe("the schemas and the official SDK's types", () => {
  it('agree for every action', () => {
    expectTypeOf<Differences<Client, typeof tcssActions>>().toEqualTypeOf<Record<never, never>>();
    expect(tcssActions.map(({ api }) => api)).toEqual(tcssActions.map(() => 'tcss/2020-11-01'));
    expectTypeOf<Differences<BillingClient, typeof billingActions>>().toEqualTypeOf<Record<never, never>>();
    expect(billingActions.map(({ api }) => api)).toEqual(billingActions.map(() => 'billing/2018-07-09'));
    expect(ownActions.map(({ api }) => api)).toEqual(ownActions.map(() => 'wharfinger/2026-11-01'));
  });

  it('are told apart by a misspelt field', () => {
    const misspelt = declare(z.object({ StartTime: wireString, EndTimes: wireString }));
    expectTypeOf<ActionDifference<Client, typeof misspelt>>().toEqualTypeOf<{
      side: 'response';
      problem: { field: 'EndTime'; only: "the SDK's" } | { field: 'EndTimes'; only: 'ours' };
    }>();
  });

  it('are told apart by a missing field', () => {
    const missing = declare(z.object({ StartTime: wireString }));
    expectTypeOf<ActionDifference<Client, typeof missing>>().toEqualTypeOf<{
      side: 'response';
      problem: { field: 'EndTime'; only: "the SDK's" };
    }>();
  });

  it('are told apart by a type', () => {
    const mistyped = declare(z.object({ StartTime: wireUint64, EndTime: wireString }));
    expectTypeOf<ActionDifference<Client, typeof mistyped>>().toEqualTypeOf<{
      side: 'response';
      problem: { field: 'StartTime'; differs: { ours: number; theirs: string } };
    }>();
  });

  it('are told apart by a parameter that the SDK does not have', () => {
    const more = declare(z.object({ StartTime: wireString, EndTime: wireString }), z.strictObject({ Days: z.int() }));
    expectTypeOf<ActionDifference<Client, typeof more>>().toEqualTypeOf<{
      side: 'request';
      problem: { field: 'Days'; only: 'ours' };
    }>();
  });

  it('are compared inside lists and objects', () => {
    expectTypeOf<Difference<{ List: { A: string }[] }, { List: { A: string; B: number }[] }>>().toEqualTypeOf<{
      field: 'List';
      differs: { field: 'B'; only: "the SDK's" };
    }>();
  });
});

const nothing = z.strictObject({});

function declare<Response extends z.ZodType, Request extends z.ZodType = typeof nothing>(
  response: Response,
  request?: Request,
) {
  return action({
    api: 'tcss/2020-11-01',
    name: 'OpenTcssTrial',
    summary: '',
    request: (request ?? nothing) as Request,
    response,
    needs: { role: 'resource:write' },
    handle: () => Promise.reject(new Error('never called')),
  });
}
