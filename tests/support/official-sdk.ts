/** The official Node SDK, unchanged but for its endpoint. */
import { Client as BillingClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/billing/v20180709/billing_client.js';
import { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_client.js';

export interface AccountKey {
  accountId: string;
  secretId: string;
  secretKey: string;
}

/** A client of the container security product for this account. */
export function tcssClient(url: string, key: Key): Client {
  return new Client(settings(url, key));
}

/** A client of the billing product for this account, at the same endpoint. */
export function billingClient(url: string, key: Key): BillingClient {
  return new BillingClient(settings(url, key));
}

type Key = Pick<AccountKey, 'secretId' | 'secretKey'>;

function settings(url: string, key: Key) {
  const { host, protocol } = new URL(url);
  return {
    credential: { secretId: key.secretId, secretKey: key.secretKey },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: host, protocol, reqTimeout: 60 } },
  };
}

/** The code that a refused call carries; `OK` when it was not refused. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
