/** Customers of a service that runs over the benchmark's own PostgreSQL, asked over HTTP as clients do and without a door. */
import type pg from 'pg';
import { z } from 'zod';
import { callSigned, type ServiceCall } from '../../server/src/cli/service-call.ts';
import { actionCaller, operatorCaller } from '../../tests/support/call-action.ts';
import { platformOver } from '../../tests/support/platform-over.ts';
import { startService } from '../../tests/support/running-service.ts';
import type { OwnService } from '../own-service.ts';

export type Door = (call: ServiceCall) => Promise<Record<string, unknown>>;

/** A verified account with money. */
export interface Customer {
  tenant: bigint;
  /** Each request signed by TC3-HMAC-SHA256, over a connection that stays open. */
  overHttp: Door;
  /** The same action in the benchmark's own process. */
  inProcess: Door;
}

export interface Shop {
  newCustomer(yuan: string): Promise<Customer>;
  close(): Promise<void>;
}

const madeAccount = z.object({ Uin: z.string(), SecretId: z.string(), SecretKey: z.string() });

/** Starts the service as a process of its own over `own`, and opens the same in this process. */
export async function openShop({ superuser, urls }: OwnService): Promise<Shop> {
  const service = await startService({
    DATABASE_URL: toUrl(urls.owner),
    DATABASE_URL_APP: toUrl(urls.app),
    DATABASE_URL_SYSTEM: toUrl(urls.system),
  });
  const address = { host: String(superuser.host), password: String(superuser.password) };
  const platform = await platformOver(address, String(superuser.database), {
    env: { WHARFINGER_MASTER_KEY_FILE: `${service.home}/master.key` },
  });
  const operator = operatorCaller(platform);
  let made = 0;
  return {
    async newCustomer(Amount) {
      const account = { Email: `customer-${++made}@example.com`, Verified: true };
      const {
        Uin,
        SecretId: secretId,
        SecretKey: secretKey,
      } = madeAccount.parse(await operator('CreateAccount', account));
      await operator('TopUpAccount', { Uin, Amount, Kind: 'cash' });
      const call = actionCaller(platform, BigInt(Uin));
      return {
        tenant: BigInt(Uin),
        overHttp: (asked) => callSigned(new URL(service.url), { secretId, secretKey }, asked),
        inProcess: ({ action, parameters }) => call(action, parameters),
      };
    },
    async close() {
      await platform.close();
      await service.remove();
    },
  };
}

function toUrl({ host, user, password, database }: pg.PoolConfig): string {
  const part = (value: unknown) => encodeURIComponent(String(value));
  return `postgres://${part(user)}:${part(password)}@/${part(database)}?host=${part(host)}`;
}

/** Of an order that is paid at once. */
export function purchase(token: string, parameter: object, more: object = {}): ServiceCall {
  return {
    action: 'CreateInstance',
    version: '2018-07-09',
    parameters: {
      ClientToken: token,
      ProductCode: 'p_tcss',
      SubProductCode: 'sp_tcss_professional',
      RegionCode: 'ap-guangzhou',
      ZoneCode: 'ap-guangzhou-1',
      PayMode: 'PrePay',
      Parameter: JSON.stringify(parameter),
      ...more,
    },
  };
}
