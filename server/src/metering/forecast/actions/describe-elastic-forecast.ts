import { z } from 'zod';
import { action } from '../../../platform/action.ts';
import { formatYuan, fromCents } from '../../../platform/money.ts';
import { wireString, wireUint64 } from '../../../platform/wire-types.ts';
import { patternDays } from '../forecast-month.ts';
import { readForecast } from '../read-forecast.ts';

const yuan = wireString.regex(/^\d+\.\d\d$/);
const range = { Low: yuan, Expected: yuan, High: yuan };

const method = `Days that are over count as charged. An hour to come is expected to have the mean of the cores that counted at the same hour of the last ${patternDays} days, under the licence and cap of now; Low and High take the least and the most of them.`;

export const describeElasticForecast = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeElasticForecast',
  summary:
    'A forecast of what the elastic cores of this calendar month cost: days charged, days that wait, today so far, and the rest by the pattern of the last days.',
  request: z.strictObject({}),
  response: z.object({
    Month: wireString,
    Charged: yuan,
    NotYetCharged: yuan,
    ...range,
    ObservedHours: wireUint64,
    Method: wireString,
    Days: z.array(z.object({ Date: wireString, ...range })),
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, now }) {
    const forecast = await readForecast(tx, tenant, now);
    const inYuan = (cents: bigint) => formatYuan(fromCents(cents));
    const toRange = ({ low, expected, high }: { low: bigint; expected: bigint; high: bigint }) => ({
      Low: inYuan(low),
      Expected: inYuan(expected),
      High: inYuan(high),
    });
    return {
      Month: forecast.month.toString(),
      Charged: inYuan(forecast.chargedCents),
      NotYetCharged: inYuan(forecast.waitingCents),
      ...toRange(forecast),
      ObservedHours: forecast.observedHours,
      Method: method,
      Days: forecast.days.map((day) => ({ Date: day.date.toString(), ...toRange(day) })),
    };
  },
});
