/** A customer of the running service who buys through the official SDKs. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { callSigned } from '../../server/src/cli/service-call.ts';
import { billingClient, tcssClient } from './official-sdk.ts';
import type { RunningService } from './running-service.ts';

export const subProducts = {
  professional: 'sp_tcss_professional',
  scan: 'sp_tcss_image_scan',
  logs: 'sp_tcss_log_analysis',
} as const;

export type Sold = keyof typeof subProducts;

export interface Buyer {
  readonly accountId: string;
  readonly billing: ReturnType<typeof billingClient>;
  readonly tcss: ReturnType<typeof tcssClient>;
  /** Adds money. */
  topUp(yuan: string): Promise<void>;
  /** Calls an action of our own version, signed as the SDK signs. */
  ours(action: string, parameters: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Buys and gives the instance's id. Without `months` the term is what the product has by itself. */
  buy(product: Sold, parameter: object, more?: { months?: number; flag?: string }): Promise<string>;
  renew(product: Sold, instanceId: string, months?: number): Promise<string>;
  /** Status and end of each instance that can be renewed, by product. */
  ends(): Promise<Partial<Record<Sold, string>>>;
  /** What is in the wallet, in yuan. */
  balance(): Promise<number>;
}

let buyers = 0;

const madeAccount = z.object({ Uin: z.string(), SecretId: z.string(), SecretKey: z.string() });

/** Makes a verified account with so much money. */
export async function newBuyer(service: RunningService, yuan?: string): Promise<Buyer> {
  const email = `buyer-${++buyers}@example.com`;
  const made = await service.operator('CreateAccount', { Email: email, Verified: true });
  const { Uin: accountId, SecretId: secretId, SecretKey: secretKey } = madeAccount.parse(made);
  const key = { secretId, secretKey };
  const billing = billingClient(service.url, key);
  const tcss = tcssClient(service.url, key);
  const common = (product: Sold) => ({
    ClientToken: randomUUID(),
    ProductCode: 'p_tcss',
    SubProductCode: subProducts[product],
    RegionCode: 'ap-guangzhou',
  });
  const buyer: Buyer = {
    accountId,
    billing,
    tcss,
    async topUp(amount) {
      await service.operator('TopUpAccount', { Uin: accountId, Amount: amount, Kind: 'cash' });
    },
    ours: (action, parameters) => callSigned(new URL(service.url), key, { action, version: '2026-11-01', parameters }),
    async buy(product, parameter, { months, flag } = {}) {
      const { InstanceIdList } = await billing.CreateInstance({
        ...common(product),
        ZoneCode: 'ap-guangzhou-1',
        PayMode: 'PrePay',
        Quantity: 1,
        Parameter: JSON.stringify(parameter),
        ...(months !== undefined && { Period: months, PeriodUnit: 'm' }),
        ...(flag !== undefined && { RenewFlag: flag }),
      });
      return InstanceIdList?.[0] ?? '';
    },
    async renew(product, InstanceId, months = 1) {
      const { OrderIdList } = await billing.RenewInstance({
        ...common(product),
        InstanceId,
        Period: months,
        PeriodUnit: 'm',
      });
      return OrderIdList?.[0] ?? '';
    },
    async ends() {
      const { InstanceList = [] } = await billing.DescribeRenewInstances({ MaxResults: 100 });
      const entries = Object.entries(subProducts).flatMap(([product, code]) =>
        InstanceList.filter(({ SubProductCode }) => SubProductCode === code).map(
          ({ Status, ExpireTime }) => [product, `${Status} ${ExpireTime}`] as const,
        ),
      );
      return Object.fromEntries(entries);
    },
    async balance() {
      return ((await billing.DescribeAccountBalance({})).RealBalance ?? 0) / 100;
    },
  };
  if (yuan !== undefined) await buyer.topUp(yuan);
  return buyer;
}
