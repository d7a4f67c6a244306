/** Money goes back: at once, decided either way, of surplus cores, of scans by their use, of capacity. */
import { idIn, purchase, unlessDone, type Chapter, type Stage, type Step } from './stage.ts';

async function ask({ as, notes }: Stage, instance: string, ClientToken: string, more: object): Promise<void> {
  const asked = { InstanceId: notes[instance], Reason: 'not needed', ClientToken, ...more };
  notes['refund'] = idIn(await as('buyer')('CreateRefundRequest', asked), 'OrderIdList');
}

function decide(Decision: 'approve' | 'reject'): Step['run'] {
  return ({ operator, notes: { buyer: Uin, refund: OrderId } }) =>
    unlessDone('FailedOperation.InvalidDeal', operator('DecideRefund', { Uin, OrderId, Decision }));
}

export const refunds: Chapter = {
  name: 'refunds',
  start: '2026-03-02T02:00:00Z',
  jobs: true,
  async prepare(stage) {
    const { as, notes, operator } = stage;
    await stage.newCustomer('buyer');
    const Uin = notes['buyer'];
    await operator('TopUpAccount', { Uin, Amount: '100.00', Kind: 'credit', IdempotencyKey: 'credit' });
    await operator('TopUpAccount', { Uin, Amount: '9900.00', IdempotencyKey: 'cash' });
    const buyer = as('buyer');
    const buy = async (note: string, token: string, ...asked: [string, object, object?]) => {
      notes[note] = idIn(await buyer('CreateInstance', purchase(token, ...asked)), 'InstanceIdList');
    };
    await buy('logs', 'logs', 'log_analysis', { capacityGB: 100 }, { Period: 6 });
    await buy('edition', 'edition', 'professional', { cores: 10 }, { Period: 3 });
    await buy('scans', 'scans', 'image_scan', { scansPerMonth: 300 });
    await buyer('DescribeImageScanUsage');
  },
  steps: [
    { name: 'capacity is asked back', run: (stage) => ask(stage, 'logs', 'less', { CapacityGB: 30 }) },
    { name: 'and granted', run: decide('approve') },
    { name: 'more capacity is asked back', run: (stage) => ask(stage, 'logs', 'even-less', { CapacityGB: 20 }) },
    { name: 'and rejected', run: decide('reject') },
    {
      name: 'the first edition goes back at once, with its scans',
      run: ({ as, notes }) =>
        as('buyer')('RefundInstance', {
          ClientToken: 'refund',
          ProductCode: 'p_tcss',
          SubProductCode: 'sp_tcss_professional',
          InstanceId: notes['edition'],
          RegionCode: 'ap-guangzhou',
        }).then(() => undefined),
    },
    {
      name: 'an edition is bought again',
      async run({ as, notes }) {
        const asked = purchase('second', 'professional', { cores: 20 }, { Period: 3 });
        notes['edition'] = idIn(await as('buyer')('CreateInstance', asked), 'InstanceIdList');
      },
    },
    {
      name: 'the environment is seen',
      async run({ operator, notes: { buyer } }) {
        await operator('PutSamples', { Uin: buyer, Cores: 20 });
      },
    },
    { name: 'an hour passes', run: ({ advance }) => advance('2026-03-02T03:00:00Z') },
    {
      name: 'hosts are destroyed',
      async run({ operator, notes: { buyer } }) {
        await operator('PutSamples', { Uin: buyer, Cores: 12 });
      },
    },
    { name: 'another hour passes', run: ({ advance }) => advance('2026-03-02T05:00:00Z') },
    {
      name: 'the cores that are left over are asked back',
      run: (stage) => ask(stage, 'edition', 'surplus', { Cores: 8 }),
    },
    { name: 'and go back', run: decide('approve') },
  ],
};
