/**
 * The one guard for all addresses that users give: registries, webhooks, feeds. A name is resolved once, every address
 * is checked, and the connection goes to an address that was checked; a name that answers differently the next time
 * gains nothing. Redirects and token services pass through the same dispatcher, so they are checked as well.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { covers, parseNetworks, whyNotPublic } from './networks.ts';

export { parseNetworks } from './networks.ts';

/** The guard does not let the service connect there. The message is for the user who gave the address. */
export class AddressRefused extends Error {
  readonly hostname: string;
  constructor(hostname: string, message: string) {
    super(message);
    this.name = 'AddressRefused';
    this.hostname = hostname;
  }
}

export interface AddressGuard {
  /**
   * Connections of its own, each guarded. The caller closes it. Requests to what is refused fail with
   * {@link AddressRefused}; plain HTTP is spoken only where an allowed network covers the address.
   */
  dispatcher(options?: GuardedDispatcherOptions): Dispatcher;
  /** Checks without connecting. Throws {@link AddressRefused}, or what the resolver throws. */
  check(url: URL): Promise<void>;
}

export interface GuardedDispatcherOptions {
  /** Certificates are not verified. */
  insecure?: boolean;
  connectTimeoutMs?: number;
}

/** All addresses of a name, as the system's resolver gives them. */
export type Resolve = (hostname: string) => Promise<string[]>;

export interface AddressGuardOptions {
  /** CIDRs of addresses outside the public internet that may be reached. */
  allowedNetworks: readonly string[];
  resolve?: Resolve;
}

/** A name with hundreds of dead addresses does not hold a connection attempt for hundreds of time-outs. */
const mostAddressesTried = 4;

/** Makes the guard of a process. */
export function createAddressGuard({ allowedNetworks, resolve = systemResolve }: AddressGuardOptions): AddressGuard {
  const allowed = parseNetworks(allowedNetworks);

  /** The addresses that may be connected to. Never empty. */
  async function checkedAddresses(host: string, protocol: string): Promise<string[]> {
    const hostname = host.replace(/^\[(.*)\]$/, '$1');
    const addresses = isIP(hostname) === 0 ? await resolve(hostname) : [hostname];
    let refusal = `${hostname} has no address`;
    const checked = addresses.filter((address) => {
      if (covers(allowed, address)) return true;
      const why = whyNotPublic(address);
      if (why !== undefined) {
        refusal = `${hostname} is ${why}, which is not allowed; the operator can allow its network with WHARFINGER_ALLOWED_NETWORKS`;
      } else if (protocol !== 'https:') {
        refusal = `${hostname} was to be reached by plain HTTP, which only networks in WHARFINGER_ALLOWED_NETWORKS may be; use https://`;
      } else return true;
      return false;
    });
    if (checked.length === 0) throw new AddressRefused(hostname, refusal);
    return checked.slice(0, mostAddressesTried);
  }

  return {
    async check(url) {
      await checkedAddresses(url.hostname, url.protocol);
    },
    dispatcher({ insecure = false, connectTimeoutMs = 10_000 } = {}) {
      const connect = buildConnector({
        allowH2: false,
        rejectUnauthorized: !insecure,
        timeout: connectTimeoutMs,
      });
      return new Agent({
        allowH2: false,
        connect(options, callback) {
          within(checkedAddresses(options.hostname, options.protocol), connectTimeoutMs, options.hostname)
            .then((addresses) => connectToFirst(connect, options, addresses))
            .then(
              (socket) => callback(null, socket),
              (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
            );
        },
      });
    },
  };
}

type Connect = ReturnType<typeof buildConnector>;
type Socket = NonNullable<Parameters<Parameters<Connect>[1]>[1]>;

/** Tries the checked addresses in order; the error is the last one's. */
async function connectToFirst(connect: Connect, options: buildConnector.Options, addresses: string[]): Promise<Socket> {
  const hostname = options.hostname.replace(/^\[(.*)\]$/, '$1');
  let lastError: unknown;
  for (const address of addresses) {
    try {
      return await new Promise<Socket>((done, fail) => {
        // The certificate is still asked for by the name that the user gave.
        const named = options.protocol === 'https:' && isIP(hostname) === 0 ? { servername: hostname } : {};
        connect({ ...options, ...named, hostname: address }, (error, socket) => (socket ? done(socket) : fail(error)));
      });
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

async function systemResolve(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address);
}

async function within<T>(work: Promise<T>, timeoutMs: number, hostname: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${hostname} was not resolved within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
