/** Clients of registries as the service makes them: every connection goes through the guard. */
import { createRegistryClient, parseRegistryAddress, ScanError, type RegistryClient } from '@wharfinger/scanner';
import { AddressRefused } from '../platform/address-guard/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Health } from './registry.ts';
import { openRegistryPassword, readRegistry } from './registry-store.ts';

export interface RegistryLogin {
  url: string;
  username: string;
  password: string;
  insecure: boolean;
}

/** A client of a stored registry; the caller closes it. Throws `ResourceNotFound.Registry` when it is gone. */
export async function openRegistryOf(
  platform: Platform,
  tenant: bigint,
  registryId: bigint,
  signal: AbortSignal,
): Promise<RegistryClient> {
  const login = await platform.database.inTenant(tenant, async (tx) => {
    const { url, username, insecure } = await readRegistry(tx, tenant, registryId);
    return { url, username, insecure, password: await openRegistryPassword(tx, platform, tenant, registryId) };
  });
  return openGuarded(platform, login, { signal });
}

/** Checks that an address can be read. Throws `InvalidParameter.InvalidFormat`. */
export function checkRegistryUrl(url: string): void {
  try {
    parseRegistryAddress(url);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw new ActionError('InvalidParameter.InvalidFormat', `Url: ${error.message}`, { cause: error });
  }
}

/** Whether two addresses are the same registry. */
export function sameAddress(one: string, other: string): boolean {
  return parseRegistryAddress(one).base === parseRegistryAddress(other).base;
}

/** What a look at a registry gave: `refused` is what the guard does not let through, so that it is not kept either. */
export type RegistryCheck =
  | { state: 'connected' }
  | { state: 'failed'; health: Health }
  | { state: 'refused'; why: string };

const longestCheckMs = 20_000;

/** Looks whether a registry answers and takes the login. */
export async function checkRegistry(platform: Platform, login: RegistryLogin): Promise<RegistryCheck> {
  const { base, plainHttp } = parseRegistryAddress(login.url);
  try {
    await platform.guard.check(new URL(base));
  } catch (error) {
    if (error instanceof AddressRefused) return { state: 'refused', why: error.message };
    // Plain HTTP is for allowed networks only, and a name without an address is in none.
    if (plainHttp) return { state: 'refused', why: `${new URL(base).hostname} has no address; plain HTTP needs one` };
  }
  const client = openGuarded(platform, login, { signal: AbortSignal.timeout(longestCheckMs), retries: 1 });
  try {
    await client.ping();
    return { state: 'connected' };
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    if (error.cause instanceof AddressRefused) return { state: 'refused', why: error.cause.message };
    return { state: 'failed', health: healthOf(error) };
  } finally {
    await client.close();
  }
}

/** A failure as it is kept; one that was cut short is a registry that does not answer. */
export function healthOf({ reason: { code, message } }: ScanError): Health {
  if (code === 'cancelled') return { code: 'registry-unreachable', message: 'the registry does not answer in time' };
  return { code, message };
}

function openGuarded(
  platform: Platform,
  { url, username, password, insecure }: RegistryLogin,
  options: { signal: AbortSignal; retries?: number },
): RegistryClient {
  return createRegistryClient({
    url,
    username,
    password,
    dispatcher: platform.guard.dispatcher({ insecure }),
    ...options,
  });
}
