/** Money comes in; everything that is sold is bought: under a quote, with promotions, in two steps, more of what is there. */
import { idIn, purchase, unlessDone, type Chapter } from './stage.ts';

const promotion = {
  products: ['professional', 'image-scan', 'log-analysis'] as const,
  actions: ['purchase', 'upgrade'] as const,
  stacks: true,
};

export const buying: Chapter = {
  name: 'buying',
  start: '2026-03-02T02:00:00Z',
  jobs: false,
  async prepare(stage) {
    await stage.newCustomer('buyer');
    await stage.newCustomer('trier');
  },
  steps: [
    {
      name: 'a catalogue with limited promotions is published',
      async run(stage) {
        const spring = {
          ...promotion,
          id: 7,
          name: 'spring',
          percentOff: 10,
          code: 'SPRING',
          uses: 3,
          usesPerAccount: 3,
        };
        const first = { ...promotion, id: 8, name: 'first', percentOff: 5, usesPerAccount: 1 };
        const catalog = {
          promotions: [spring, first].map((one) => ({
            ...one,
            products: [...one.products],
            actions: [...one.actions],
          })),
        };
        const { Versions = [] } = await stage.operator('DescribeCatalog');
        // A publication has no token: who was not answered looks whether it is there.
        if (Array.isArray(Versions) && Versions.length < 2) await stage.publish(catalog);
      },
    },
    {
      name: 'credit is granted',
      async run({ operator, notes: { buyer } }) {
        await operator('TopUpAccount', { Uin: buyer, Amount: '500.00', Kind: 'credit', IdempotencyKey: 'credit' });
      },
    },
    {
      name: 'money comes in',
      async run({ operator, notes: { buyer } }) {
        await operator('TopUpAccount', { Uin: buyer, Amount: '20000.00', IdempotencyKey: 'cash' });
      },
    },
    {
      name: 'a voucher is granted',
      async run({ operator, notes }) {
        const grant = {
          Uin: notes['buyer'],
          Amount: '25.00',
          EndTime: '2026-12-31 00:00:00',
          IdempotencyKey: 'voucher',
        };
        notes['voucher'] = String((await operator('GrantVoucher', grant))['VoucherId']);
      },
    },
    {
      name: 'a warning of a low balance is set',
      async run({ as }) {
        await as('buyer')('ModifyAccountWarning', { Threshold: 1_400_000, Open: 1 });
      },
    },
    {
      name: 'the professional edition is bought with a code',
      async run({ as, notes }) {
        const asked = purchase('edition', 'professional', { cores: 100, promotionCode: 'SPRING' }, { Period: 3 });
        notes['edition'] = idIn(await as('buyer')('CreateInstance', asked), 'InstanceIdList');
      },
    },
    {
      name: 'the price of scans is asked',
      async run({ as, notes }) {
        const asked = { SubProductCode: 'sp_tcss_image_scan', Parameter: JSON.stringify({ scansPerMonth: 300 }) };
        notes['quote'] = String((await as('buyer')('InquirePrice', asked))['QuoteId']);
      },
    },
    {
      name: 'scans are bought for that price',
      async run({ as, notes }) {
        const asked = purchase('scans', 'image_scan', { scansPerMonth: 300, quoteId: notes['quote'] });
        notes['scans'] = idIn(await as('buyer')('CreateInstance', asked), 'InstanceIdList');
      },
    },
    {
      name: 'the scans are looked at',
      async run({ as }) {
        await as('buyer')('DescribeImageScanUsage');
      },
    },
    {
      name: 'more scans are bought',
      async run({ as, notes }) {
        const parameter = { scansPerMonth: 2_000, instanceId: notes['scans'], promotionCode: 'SPRING' };
        await as('buyer')('CreateInstance', purchase('pack', 'image_scan', parameter, { Period: 1 }));
      },
    },
    {
      name: 'more cores are bought',
      async run({ as, notes }) {
        await as('buyer')(
          'CreateInstance',
          purchase('cores', 'professional', { cores: 20, instanceId: notes['edition'] }),
        );
      },
    },
    {
      name: 'log analysis is ordered',
      async run({ as, notes }) {
        const answer = await as('buyer')(
          'CreateOrder',
          purchase('logs', 'log_analysis', { capacityGB: 20, promotionCode: 'SPRING' }, { Period: 6 }),
        );
        notes['order'] = String(answer['OrderId']);
        notes['logs'] = idIn(answer, 'InstanceIdList');
      },
    },
    {
      name: 'and paid, by a voucher first',
      async run({ as, notes }) {
        const asked = { OrderIds: [notes['order']], VoucherIds: [notes['voucher']] };
        await unlessDone('FailedOperation.InvalidDeal', as('buyer')('PayDeals', asked));
      },
    },
    {
      name: 'its capacity is raised',
      async run({ as, notes }) {
        const parameter = { capacityGB: 30, instanceId: notes['logs'] };
        await as('buyer')('CreateInstance', purchase('capacity', 'log_analysis', parameter));
      },
    },
    {
      name: 'a renewal by itself is ticked',
      async run({ as, notes }) {
        await as('buyer')('SetRenewal', {
          ProductCode: 'p_tcss',
          RegionCode: 'ap-guangzhou',
          InstanceId: notes['edition'],
          RenewFlag: 'NOTIFY_AND_AUTO_RENEW',
        });
      },
    },
    {
      name: 'the elastic cap is set',
      async run({ as }) {
        await as('buyer')('CreateOrModifyPostPayCores', { CoresCnt: 7_000 });
      },
    },
    {
      name: 'a trial is opened',
      async run({ as }) {
        await unlessDone('FailedOperation.TrialAlreadyUsed', as('trier')('OpenTcssTrial'));
      },
    },
  ],
};
