/** Time passes: orders expire, reminders, renewals by hand and by themselves, isolation, credit in it, destruction. */
import { builtInCatalog } from '../../../server/src/catalog/built-in.ts';
import { idIn, purchase, type Chapter, type Stage } from './stage.ts';

/** Short enough that a story of it takes a second. */
const life = { ...builtInCatalog.life, reminderDays: 1, isolationHours: 48, destructionHours: 72 };

async function setRenewal({ as, notes }: Stage, customer: string, instance: string, RenewFlag: string): Promise<void> {
  const { [instance]: InstanceId } = notes;
  await as(customer)('SetRenewal', { ProductCode: 'p_tcss', RegionCode: 'ap-guangzhou', InstanceId, RenewFlag });
}

export const lives: Chapter = {
  name: 'lives',
  start: '2026-03-02T02:00:00Z',
  jobs: true,
  async prepare(stage) {
    const { as, notes, operator } = stage;
    await stage.newCustomer('holder');
    await stage.newCustomer('trier');
    const limited = { id: 7, name: 'spring', percentOff: 10, stacks: true, uses: 5, code: 'SPRING' };
    await stage.publish({
      life,
      promotions: [{ ...limited, products: ['professional', 'log-analysis'], actions: ['purchase'] }],
    });
    await operator('TopUpAccount', { Uin: notes['holder'], Amount: '2050.00', IdempotencyKey: 'first' });
    const holder = as('holder');
    const renewing = { Period: 3, RenewFlag: 'NOTIFY_AND_AUTO_RENEW' };
    notes['edition'] = idIn(
      await holder('CreateInstance', purchase('edition', 'professional', { cores: 10 }, renewing)),
      'InstanceIdList',
    );
    const scans = purchase('scans', 'image_scan', { scansPerMonth: 300 }, { RenewFlag: 'NOTIFY_AND_AUTO_RENEW' });
    notes['scans'] = idIn(await holder('CreateInstance', scans), 'InstanceIdList');
    await as('trier')('OpenTcssTrial');
  },
  steps: [
    {
      name: 'an order is placed and not paid',
      async run({ as }) {
        await as('holder')(
          'CreateOrder',
          purchase('logs', 'log_analysis', { capacityGB: 10, promotionCode: 'SPRING' }, { Period: 1 }),
        );
      },
    },
    { name: 'its day passes', run: ({ advance }) => advance('2026-03-03T02:00:00Z') },
    { name: 'the trial ends', run: ({ advance }) => advance('2026-03-09T02:00:00Z') },
    { name: 'and the time of its data', run: ({ advance }) => advance('2026-03-10T02:00:00Z') },
    {
      name: 'the edition is renewed by hand',
      async run({ as, notes }) {
        await as('holder')('RenewInstance', {
          ClientToken: 'renewal',
          ProductCode: 'p_tcss',
          SubProductCode: 'sp_tcss_professional',
          RegionCode: 'ap-guangzhou',
          InstanceId: notes['edition'],
          Period: 1,
        });
      },
    },
    { name: 'scans reach their end and renew by themselves', run: ({ advance }) => advance('2026-06-02T02:00:00Z') },
    { name: 'all reaches its end and is not covered', run: ({ advance }) => advance('2026-07-02T03:00:00Z') },
    {
      name: 'money comes and what waits for it renews',
      async run({ operator, notes: { holder } }) {
        await operator('TopUpAccount', { Uin: holder, Amount: '400.00', IdempotencyKey: 'second' });
      },
    },
    {
      name: 'renewals are ticked off',
      run: async (stage) => {
        await setRenewal(stage, 'holder', 'edition', 'NOTIFY_AND_MANUAL_RENEW');
        await setRenewal(stage, 'holder', 'scans', 'NOTIFY_AND_MANUAL_RENEW');
      },
    },
    { name: 'the end comes and the stop', run: ({ advance }) => advance('2026-08-05T00:00:00Z') },
    { name: 'and the destruction', run: ({ advance }) => advance('2026-08-06T00:00:00Z') },
  ],
};
