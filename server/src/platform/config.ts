/**
 * The settings of the service, read once at start from the environment. A bad value stops the start with one clear line
 * that names the setting; nothing else reads `process.env`.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { parseNetworks } from './address-guard/index.ts';
import { errorLine } from './error-line.ts';

export interface Config {
  port: number;
  host: string;
  /** Absolute. Everything that the service keeps outside the database lies here. */
  home: string;
  /** Present when PostgreSQL is not the embedded one; all three roles then have their own URL. */
  database?: { owner: string; app: string; system: string };
  masterKeyFile: string;
  /** A movable clock is wanted, standing at this instant on the first start. */
  testClock?: Temporal.Instant;
  /** CIDRs of loopback, private or link-local addresses that registries and webhooks may have. */
  allowedNetworks: string[];
  requestsPerSecond: number;
  tls?: { certificateFile: string; keyFile: string };
  /** Present when tenants may pay by Stripe. The files are read each time, so that a new key needs no new start. */
  stripe?: { secretKeyFile: string; webhookSecretFile: string; returnUrl: string; api: string };
  behindProxy: boolean;
  /** Refunds that need no reason wait for the operator as well. */
  holdNoReasonRefunds: boolean;
  logLevel: (typeof logLevels)[number];
  /** What a host logs in a day, in megabytes, until its volume was observed. */
  logMegabytesPerHost: number;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** A setting that cannot be used. The message is one line and names the setting. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

const empty = (value: unknown) => (value === '' ? undefined : value);
const text = z.preprocess(empty, z.string().optional());
const flag = z.preprocess(empty, z.enum(['0', '1', 'true', 'false']).optional());
const wholeNumber = (least: number, most: number) =>
  z.preprocess(
    empty,
    z
      .string()
      .regex(/^\d{1,9}$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.number().min(least, `must be ${least} or more`).max(most, `must be ${most} or less`))
      .optional(),
  );
const databaseUrl = z.preprocess(
  empty,
  z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    // As libpq writes a Unix socket: no host, its folder in the parameter `host`.
    .refine((url) => URL.canParse(url.replace('@/', '@localhost/')), 'is not a URL')
    .optional(),
);

const environment = z.object({
  PORT: wholeNumber(0, 65_535),
  HOST: text,
  WHARFINGER_HOME: text,
  DATABASE_URL: databaseUrl,
  DATABASE_URL_APP: databaseUrl,
  DATABASE_URL_SYSTEM: databaseUrl,
  WHARFINGER_MASTER_KEY_FILE: text,
  WHARFINGER_TEST_CLOCK: z.preprocess(
    empty,
    z
      .string()
      .transform((value, context) => {
        try {
          const instant = Temporal.Instant.from(value).round({ smallestUnit: 'second', roundingMode: 'floor' });
          const { year } = instant.toZonedDateTimeISO('UTC');
          if (year >= 1970 && year < 9999) return instant;
        } catch {
          // told below
        }
        context.addIssue('must be an instant such as 2026-03-01T00:00:00+08:00, of the years 1970 to 9998');
        return z.NEVER;
      })
      .optional(),
  ),
  WHARFINGER_ALLOWED_NETWORKS: text,
  WHARFINGER_REQUESTS_PER_SECOND: wholeNumber(1, 1_000_000),
  WHARFINGER_TLS_CERT: text,
  WHARFINGER_TLS_KEY: text,
  WHARFINGER_BEHIND_PROXY: flag,
  WHARFINGER_STRIPE_SECRET_KEY_FILE: text,
  WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: text,
  WHARFINGER_STRIPE_RETURN_URL: text,
  WHARFINGER_STRIPE_API: text,
  WHARFINGER_HOLD_NO_REASON_REFUNDS: flag,
  WHARFINGER_LOG_LEVEL: z.preprocess(empty, z.enum(logLevels).optional()),
  WHARFINGER_LOG_MEGABYTES_PER_HOST: wholeNumber(1, 1_000_000),
});

/** Checks the environment and fills in the defaults. Throws {@link ConfigError} with one line that says what to mend. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(
      `${String(issue?.path[0])}: ${issue?.message.replace(/^Invalid option: expected/, 'must be')}`,
    );
  }
  const settings = parsed.data;
  const home = wharfingerHome(env);
  const host = settings.HOST ?? '127.0.0.1';
  const tls = tlsFiles(env, settings.WHARFINGER_TLS_CERT, settings.WHARFINGER_TLS_KEY);
  const behindProxy = isOn(settings.WHARFINGER_BEHIND_PROXY);
  if (!isLoopback(host) && !tls && !behindProxy) {
    throw new ConfigError(
      `HOST: ${JSON.stringify(host)} is not loopback; set WHARFINGER_TLS_CERT and WHARFINGER_TLS_KEY, or WHARFINGER_BEHIND_PROXY=1 where a proxy does TLS`,
    );
  }
  const stripe = stripeSettings(env, settings);
  const database = databaseUrls(settings.DATABASE_URL, settings.DATABASE_URL_APP, settings.DATABASE_URL_SYSTEM);
  return {
    port: settings.PORT ?? 8080,
    host,
    home,
    ...(database && { database }),
    masterKeyFile: fromUser(env, settings.WHARFINGER_MASTER_KEY_FILE ?? join(home, 'master.key')),
    ...(settings.WHARFINGER_TEST_CLOCK && { testClock: settings.WHARFINGER_TEST_CLOCK }),
    allowedNetworks: networks(settings.WHARFINGER_ALLOWED_NETWORKS),
    requestsPerSecond: settings.WHARFINGER_REQUESTS_PER_SECOND ?? 20,
    ...(tls && { tls }),
    ...(stripe && { stripe }),
    behindProxy,
    holdNoReasonRefunds: isOn(settings.WHARFINGER_HOLD_NO_REASON_REFUNDS),
    logLevel: settings.WHARFINGER_LOG_LEVEL ?? 'info',
    logMegabytesPerHost: settings.WHARFINGER_LOG_MEGABYTES_PER_HOST ?? 100,
  };
}

/** The data folder: `WHARFINGER_HOME`, else `/var/lib/wharfinger` as root, else `~/.wharfinger`. */
export function wharfingerHome(env: Record<string, string | undefined>): string {
  if (env['WHARFINGER_HOME']) return fromUser(env, env['WHARFINGER_HOME']);
  return process.getuid?.() === 0 ? '/var/lib/wharfinger' : join(homedir(), '.wharfinger');
}

/** Relative paths count from where the user stands; npm runs its scripts in the package's own folder. */
function fromUser(env: Record<string, string | undefined>, path: string): string {
  return resolve(env['INIT_CWD'] ?? '.', path);
}

function tlsFiles(
  env: Record<string, string | undefined>,
  certificate: string | undefined,
  privateKey: string | undefined,
): Config['tls'] {
  if (!certificate && !privateKey) return undefined;
  if (!certificate || !privateKey) {
    throw new ConfigError(
      `${certificate ? 'WHARFINGER_TLS_KEY' : 'WHARFINGER_TLS_CERT'}: missing; TLS needs both files`,
    );
  }
  const certificateFile = fromUser(env, certificate);
  const keyFile = fromUser(env, privateKey);
  const cert = readSettingFile('WHARFINGER_TLS_CERT', certificateFile);
  const key = readSettingFile('WHARFINGER_TLS_KEY', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new ConfigError(
      `WHARFINGER_TLS_CERT, WHARFINGER_TLS_KEY: ${certificateFile} and ${keyFile} are not a certificate and its key in PEM (${errorLine(error)})`,
    );
  }
  return { certificateFile, keyFile };
}

function stripeSettings(
  env: Record<string, string | undefined>,
  settings: z.output<typeof environment>,
): Config['stripe'] {
  const needed = {
    WHARFINGER_STRIPE_SECRET_KEY_FILE: settings.WHARFINGER_STRIPE_SECRET_KEY_FILE,
    WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: settings.WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE,
    WHARFINGER_STRIPE_RETURN_URL: settings.WHARFINGER_STRIPE_RETURN_URL,
  };
  const api = settings.WHARFINGER_STRIPE_API;
  const missing = Object.entries(needed).filter(([, value]) => value === undefined);
  if (missing.length === 3 && api === undefined) return undefined;
  const [secretKey, webhookSecret, returnUrl] = Object.values(needed);
  if (!secretKey || !webhookSecret || !returnUrl) {
    throw new ConfigError(`${missing.map(([name]) => name).join(', ')}: missing; paying by Stripe needs all three`);
  }
  const secretKeyFile = fromUser(env, secretKey);
  const webhookSecretFile = fromUser(env, webhookSecret);
  for (const [setting, file] of [
    ['WHARFINGER_STRIPE_SECRET_KEY_FILE', secretKeyFile],
    ['WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE', webhookSecretFile],
  ] as const) {
    if (readSettingFile(setting, file).toString().trim() === '') throw new ConfigError(`${setting}: ${file} is empty`);
  }
  return {
    secretKeyFile,
    webhookSecretFile,
    returnUrl: webAddress('WHARFINGER_STRIPE_RETURN_URL', returnUrl).href,
    api: webAddress('WHARFINGER_STRIPE_API', api ?? 'https://api.stripe.com').origin,
  };
}

/** Secrets and payers go there: HTTPS, unless it is this machine. */
function webAddress(setting: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const safe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')));
  if (url && safe) return url;
  throw new ConfigError(`${setting}: must be an address that begins with https://`);
}

function readSettingFile(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError(`${setting}: ${file} cannot be read (${errorLine(error)})`);
  }
}

function databaseUrls(owner?: string, app?: string, system?: string): Config['database'] {
  if (owner && app && system) return { owner, app, system };
  if (!owner && !app && !system) return undefined;
  const missing = Object.entries({ DATABASE_URL: owner, DATABASE_URL_APP: app, DATABASE_URL_SYSTEM: system })
    .filter(([, url]) => !url)
    .map(([name]) => name);
  throw new ConfigError(`${missing.join(', ')}: missing; a PostgreSQL of your own needs the URLs of all three roles`);
}

function networks(value: string | undefined): string[] {
  const cidrs = (value ?? '')
    .split(',')
    .map((cidr) => cidr.trim())
    .filter((cidr) => cidr !== '');
  try {
    parseNetworks(cidrs);
  } catch (error) {
    throw new ConfigError(`WHARFINGER_ALLOWED_NETWORKS: ${errorLine(error)}`);
  }
  return cidrs;
}

function isOn(value: z.output<typeof flag>): boolean {
  return value === '1' || value === 'true';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
