/** Cores beyond the licence: sampled every hour, charged at 02:00, owed, suspended, paid. */
import { purchase, unlessDone, type Chapter } from './stage.ts';

const customers = { rich: '3000.00', poor: '905.00', thrifty: '920.00' } as const;

export const charges: Chapter = {
  name: 'charges',
  // 22:30 of the market.
  start: '2026-03-02T14:30:00Z',
  jobs: true,
  async prepare(stage) {
    for (const [name, yuan] of Object.entries(customers)) {
      await stage.newCustomer(name);
      await stage.operator('TopUpAccount', { Uin: stage.notes[name], Amount: yuan, IdempotencyKey: 'first' });
      await stage.as(name)('CreateInstance', purchase('edition', 'professional', { cores: 10 }, { Period: 3 }));
      await stage.as(name)('ModifyAccountWarning', { Threshold: 1_800, Open: 1 });
    }
  },
  steps: [
    {
      name: 'cores grow past the licence',
      async run({ operator, notes }) {
        for (const name of Object.keys(customers)) await operator('PutSamples', { Uin: notes[name], Cores: 250 });
      },
    },
    { name: 'an hour is sampled', run: ({ advance }) => advance('2026-03-02T15:00:00Z') },
    { name: 'the hours until the charge are sampled', run: ({ advance }) => advance('2026-03-02T17:59:59Z') },
    { name: 'the day is charged', run: ({ advance }) => advance('2026-03-02T18:00:00Z') },
    {
      name: 'cores shrink',
      async run({ operator, notes }) {
        for (const name of Object.keys(customers)) await operator('PutSamples', { Uin: notes[name], Cores: 11 });
      },
    },
    { name: 'a day passes, what is owed is switched off', run: ({ advance }) => advance('2026-03-03T18:00:00Z') },
    {
      name: 'an account is parked',
      async run({ operator, notes: { rich: Uin } }) {
        await unlessDone('FailedOperation.BillingParked', operator('ParkBilling', { Uin, Reason: 'looks odd' }));
      },
    },
    { name: 'a day of it is not charged', run: ({ advance }) => advance('2026-03-04T18:00:00Z') },
    {
      name: 'and is made up for',
      async run({ operator, notes: { rich: Uin } }) {
        await unlessDone('FailedOperation.BillingNotParked', operator('UnparkBilling', { Uin }));
      },
    },
    {
      name: 'the debt is paid',
      async run({ operator, notes: { poor } }) {
        await operator('TopUpAccount', { Uin: poor, Amount: '100.00', IdempotencyKey: 'second' });
      },
    },
    { name: 'another hour is sampled', run: ({ advance }) => advance('2026-03-04T19:00:00Z') },
  ],
};
