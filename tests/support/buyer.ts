/** A customer of the running service who buys through the official SDKs. */
import { randomUUID } from 'node:crypto';
import { billingClient, tcssClient, type AccountKey } from './official-sdk.ts';
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
  topUp(yuan: string): void;
  /** Buys and gives the instance's id. Without `months` the term is what the product has by itself. */
  buy(product: Sold, parameter: object, more?: { months?: number; flag?: string }): Promise<string>;
  renew(product: Sold, instanceId: string, months?: number): Promise<string>;
  /** Status and end of each instance that can be renewed, by product. */
  ends(): Promise<Partial<Record<Sold, string>>>;
  /** What is in the wallet, in yuan. */
  balance(): Promise<number>;
}

let buyers = 0;

/** Makes a verified account with so much money. */
export function newBuyer(service: RunningService, yuan?: string): Buyer {
  const email = `buyer-${++buyers}@example.com`;
  const key = service.command('account', 'create', '--email', email, '--verified') as AccountKey;
  const billing = billingClient(service.url, key);
  const tcss = tcssClient(service.url, key);
  const common = (product: Sold) => ({
    ClientToken: randomUUID(),
    ProductCode: 'p_tcss',
    SubProductCode: subProducts[product],
    RegionCode: 'ap-guangzhou',
  });
  const buyer: Buyer = {
    accountId: key.accountId,
    billing,
    tcss,
    topUp(amount) {
      service.command('account', 'top-up', '--account', key.accountId, '--amount', amount);
    },
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
  if (yuan !== undefined) buyer.topUp(yuan);
  return buyer;
}
