import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../../tests/support/self-signed-certificate.ts';
import { ConfigError, readConfig, wharfingerHome } from './config.ts';

type Environment = Record<string, string | undefined>;

const urls = {
  DATABASE_URL: 'postgres://owner:pw@db.example.com/wharfinger',
  DATABASE_URL_APP: 'postgresql://app:pw@db.example.com:5433/wharfinger?sslmode=require',
  DATABASE_URL_SYSTEM: 'postgres://system:p%40w@/wharfinger?host=%2Frun%2Fpostgresql',
};

describe('settings', () => {
  it('have defaults for one machine', () => {
    const home = process.getuid?.() === 0 ? '/var/lib/wharfinger' : join(homedir(), '.wharfinger');
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      home,
      masterKeyFile: join(home, 'master.key'),
      allowedNetworks: [],
      requestsPerSecond: 20,
      behindProxy: false,
      logLevel: 'info',
      logMegabytesPerHost: 100,
      holdNoReasonRefunds: false,
    });
  });

  it.each<[Environment, object]>([
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65_535 }],
    [{ PORT: '' }, { port: 8080 }],
    [{ HOST: 'localhost' }, { host: 'localhost' }],
    [{ HOST: '::1' }, { host: '::1' }],
    [{ HOST: '127.8.8.8' }, { host: '127.8.8.8' }],
    [
      { HOST: '0.0.0.0', WHARFINGER_BEHIND_PROXY: '1' },
      { host: '0.0.0.0', behindProxy: true },
    ],
    [{ WHARFINGER_BEHIND_PROXY: 'false' }, { behindProxy: false }],
    [{ WHARFINGER_HOME: '/srv/w' }, { home: '/srv/w', masterKeyFile: '/srv/w/master.key' }],
    [{ WHARFINGER_HOME: 'w', INIT_CWD: '/home/me' }, { home: '/home/me/w' }],
    [{ WHARFINGER_MASTER_KEY_FILE: 'k', INIT_CWD: '/home/me' }, { masterKeyFile: '/home/me/k' }],
    [
      { WHARFINGER_TEST_CLOCK: '2026-03-01T00:00:00.9+08:00' },
      { testClock: Temporal.Instant.from('2026-02-28T16:00:00Z') },
    ],
    [{ WHARFINGER_ALLOWED_NETWORKS: ' 10.0.0.0/8, ::1/128,' }, { allowedNetworks: ['10.0.0.0/8', '::1/128'] }],
    [{ WHARFINGER_REQUESTS_PER_SECOND: '1000000' }, { requestsPerSecond: 1_000_000 }],
    [{ WHARFINGER_LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ WHARFINGER_LOG_MEGABYTES_PER_HOST: '250' }, { logMegabytesPerHost: 250 }],
    [urls, { database: { owner: urls.DATABASE_URL, app: urls.DATABASE_URL_APP, system: urls.DATABASE_URL_SYSTEM } }],
  ])('%o', (env, expected) => {
    expect(readConfig(env)).toMatchObject(expected);
  });

  it.each<[Environment, string]>([
    [{ PORT: 'http' }, 'PORT: must be a whole number'],
    [{ PORT: '-1' }, 'PORT: must be a whole number'],
    [{ PORT: '80.5' }, 'PORT: must be a whole number'],
    [{ PORT: '0x50' }, 'PORT: must be a whole number'],
    [{ PORT: '65536' }, 'PORT: must be 65535 or less'],
    [{ HOST: '0.0.0.0' }, 'HOST: "0.0.0.0" is not loopback; set WHARFINGER_TLS_CERT'],
    [{ HOST: '::' }, 'HOST: "::" is not loopback'],
    [{ HOST: '192.168.1.2' }, 'HOST: "192.168.1.2" is not loopback'],
    [{ HOST: '127.0.0.1.example.com' }, 'HOST: "127.0.0.1.example.com" is not loopback'],
    [{ HOST: '127.0.0.999' }, 'HOST: "127.0.0.999" is not loopback'],
    [{ HOST: 'a\nb' }, String.raw`HOST: "a\nb" is not loopback`],
    [{ HOST: '0.0.0.0', WHARFINGER_BEHIND_PROXY: 'no' }, 'WHARFINGER_BEHIND_PROXY: must be one of "0"|"1"|"true"'],
    [{ WHARFINGER_TEST_CLOCK: 'today' }, 'WHARFINGER_TEST_CLOCK: must be an instant such as 2026-03-01T00:00:00+08:00'],
    [{ WHARFINGER_TEST_CLOCK: '2026-03-01' }, 'WHARFINGER_TEST_CLOCK: must be an instant'],
    [{ WHARFINGER_TEST_CLOCK: '2026-02-30T00:00:00Z' }, 'WHARFINGER_TEST_CLOCK: must be an instant'],
    [{ WHARFINGER_TEST_CLOCK: '+010000-01-01T00:00:00Z' }, 'WHARFINGER_TEST_CLOCK: must be an instant'],
    [{ WHARFINGER_ALLOWED_NETWORKS: '10.0.0.0' }, 'WHARFINGER_ALLOWED_NETWORKS: "10.0.0.0" is not a network'],
    [{ WHARFINGER_ALLOWED_NETWORKS: '10.0.0.0/8,localhost' }, 'WHARFINGER_ALLOWED_NETWORKS: "localhost" is not'],
    [{ WHARFINGER_REQUESTS_PER_SECOND: '0' }, 'WHARFINGER_REQUESTS_PER_SECOND: must be 1 or more'],
    [{ WHARFINGER_REQUESTS_PER_SECOND: '1e3' }, 'WHARFINGER_REQUESTS_PER_SECOND: must be a whole number'],
    [{ WHARFINGER_LOG_LEVEL: 'verbose' }, 'WHARFINGER_LOG_LEVEL: must be one of "trace"|"debug"'],
    [{ ...urls, DATABASE_URL_APP: undefined }, 'DATABASE_URL_APP: missing; a PostgreSQL of your own needs the URLs'],
    [{ DATABASE_URL: urls.DATABASE_URL }, 'DATABASE_URL_APP, DATABASE_URL_SYSTEM: missing'],
    [{ ...urls, DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL: must start with postgres://'],
    [{ ...urls, DATABASE_URL_SYSTEM: 'postgres://[x/y' }, 'DATABASE_URL_SYSTEM: is not a URL'],
    [{ WHARFINGER_TLS_CERT: '/c.pem' }, 'WHARFINGER_TLS_KEY: missing; TLS needs both files'],
    [{ WHARFINGER_TLS_KEY: '/k.pem' }, 'WHARFINGER_TLS_CERT: missing; TLS needs both files'],
    [
      { WHARFINGER_TLS_CERT: '/nowhere/c.pem', WHARFINGER_TLS_KEY: '/nowhere/k.pem' },
      'WHARFINGER_TLS_CERT: /nowhere/c.pem cannot be read',
    ],
  ])('%o is refused with one line', (env, line) => {
    const refused = refusal(env);
    expect(refused).toContain(line);
    expect(refused).not.toMatch(/\p{Cc}/u);
  });

  it('never shows the password of a URL', () => {
    expect(refusal({ ...urls, DATABASE_URL: 'postgres://me:hush@[x/y' })).not.toContain('hush');
  });
});

describe('the certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-tls-'));
  const file = (name: string) => join(folder, name);
  beforeAll(() => {
    const [one, other] = [selfSigned(), selfSigned()];
    writeFileSync(file('cert.pem'), one.certificate);
    writeFileSync(file('key.pem'), one.key);
    writeFileSync(file('other.pem'), other.key);
    writeFileSync(file('text.pem'), 'not PEM');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const withFiles = (cert: string, key: string) => ({
    HOST: '0.0.0.0',
    WHARFINGER_TLS_CERT: file(cert),
    WHARFINGER_TLS_KEY: file(key),
  });

  it('lets the service listen beyond loopback', () => {
    expect(readConfig(withFiles('cert.pem', 'key.pem'))).toMatchObject({
      host: '0.0.0.0',
      tls: { certificateFile: file('cert.pem'), keyFile: file('key.pem') },
    });
  });

  it.each([
    ['cert.pem', 'other.pem'],
    ['text.pem', 'key.pem'],
    ['cert.pem', 'text.pem'],
    ['key.pem', 'cert.pem'],
  ])('%s with the key %s is refused at once', (cert, key) => {
    expect(refusal(withFiles(cert, key))).toContain('are not a certificate and its key in PEM');
  });
});

describe('paying by Stripe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-stripe-'));
  const [key, secret, nothing] = ['key', 'secret', 'nothing'].map((name) => join(folder, name));
  beforeAll(() => {
    writeFileSync(key ?? '', 'sk_test_1\n');
    writeFileSync(secret ?? '', 'whsec_1\n');
    writeFileSync(nothing ?? '', ' \n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const all = {
    WHARFINGER_STRIPE_SECRET_KEY_FILE: key,
    WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: secret,
    WHARFINGER_STRIPE_RETURN_URL: 'https://console.example.com/paid',
  };

  it('is off, or complete', () => {
    expect(readConfig({}).stripe).toBeUndefined();
    expect(readConfig(all).stripe).toEqual({
      secretKeyFile: key,
      webhookSecretFile: secret,
      returnUrl: 'https://console.example.com/paid',
      api: 'https://api.stripe.com',
    });
    expect(readConfig({ ...all, WHARFINGER_STRIPE_API: 'http://[::1]:80/' }).stripe?.api).toBe('http://[::1]');
  });

  it.each<[Environment, string]>([
    [{ WHARFINGER_STRIPE_SECRET_KEY_FILE: undefined }, 'WHARFINGER_STRIPE_SECRET_KEY_FILE: missing'],
    [{ WHARFINGER_STRIPE_RETURN_URL: undefined }, 'WHARFINGER_STRIPE_RETURN_URL: missing; paying by Stripe needs all'],
    [{ WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: nothing }, 'WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: '],
    [{ WHARFINGER_STRIPE_WEBHOOK_SECRET_FILE: '/nowhere' }, '/nowhere cannot be read'],
    [{ WHARFINGER_STRIPE_RETURN_URL: 'http://example.com' }, 'WHARFINGER_STRIPE_RETURN_URL: must be an address'],
    [{ WHARFINGER_STRIPE_RETURN_URL: 'javascript:alert(1)' }, 'WHARFINGER_STRIPE_RETURN_URL: must be an address'],
    [{ WHARFINGER_STRIPE_API: 'http://api.example.com' }, 'WHARFINGER_STRIPE_API: must be an address'],
  ])('with %o is refused', (change, line) => {
    const refused = refusal({ ...all, ...change });
    expect(refused).toContain(line);
    expect(refused).not.toContain('sk_test_1');
  });

  it('refuses an address alone', () => {
    expect(refusal({ WHARFINGER_STRIPE_API: 'https://api.stripe.com' })).toContain('missing');
  });
});

describe('the data folder', () => {
  it.each([
    [{ WHARFINGER_HOME: '/srv/w' }, '/srv/w'],
    [{ WHARFINGER_HOME: '../w', INIT_CWD: '/home/me/clone' }, '/home/me/w'],
  ])('%o: %s', (env, home) => {
    expect(wharfingerHome(env)).toBe(home);
  });
});

function refusal(env: Environment): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}
