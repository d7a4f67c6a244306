import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanError } from '../model.ts';
import { dockerCredentials } from './docker-credentials.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wharfinger-docker-'));
  mkdirSync(join(home, '.docker'));
  mkdirSync(join(home, 'bin'));
});
afterAll(() => rmSync(home, { recursive: true }));

const env = () => ({ HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` });

function configure(config: unknown): void {
  writeFileSync(join(home, '.docker/config.json'), typeof config === 'string' ? config : JSON.stringify(config));
}

/** A helper as Docker's: it reads the registry's name and answers with JSON. */
function helper(name: string, script: string): void {
  const path = join(home, 'bin', `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\nread -r server\n${script}\n`);
  chmodSync(path, 0o755);
}

const auth = (text: string): string => Buffer.from(text).toString('base64');
const failureOf = (host = 'registry.example.com') =>
  dockerCredentials(host, env()).then(
    () => 'none',
    (error: unknown) => (error instanceof ScanError ? error.message.replace(home, '') : String(error)),
  );

describe('credentials of docker login', () => {
  it('are none where nobody logged in', async () => {
    expect(await dockerCredentials('registry.example.com', { HOME: join(home, 'nobody') })).toBeUndefined();
    configure({});
    expect(await dockerCredentials('registry.example.com', env())).toBeUndefined();
  });

  it.each([
    ['registry.example.com', 'registry.example.com'],
    ['https://registry.example.com', 'registry.example.com'],
    ['https://registry.example.com/v2/', 'registry.example.com'],
    ['127.0.0.1:5000', '127.0.0.1:5000'],
    ['https://index.docker.io/v1/', 'registry-1.docker.io'],
  ])('kept for %s hold for %s, and for no other', async (key, host) => {
    configure({ auths: { [key]: { auth: auth('user:pass:word') } } });
    expect(await dockerCredentials(host, env())).toEqual({ username: 'user', password: 'pass:word' });
    expect(await dockerCredentials('other.example.com', env())).toBeUndefined();
  });

  it('come from the helper of the registry, else from that of all', async () => {
    helper('one', `[ "$server" = a.example.com ] && echo '{"ServerURL":"x","Username":"one","Secret":"s1"}'`);
    helper(
      'all',
      `case "$server" in b.example.com) echo '{"Username":"all","Secret":"s2"}';; *) echo 'credentials not found in native keychain'; exit 1;; esac`,
    );
    configure({ credHelpers: { 'a.example.com': 'one' }, credsStore: 'all', auths: { 'b.example.com': {} } });
    expect(await dockerCredentials('a.example.com', env())).toEqual({ username: 'one', password: 's1' });
    expect(await dockerCredentials('b.example.com', env())).toEqual({ username: 'all', password: 's2' });
    expect(await dockerCredentials('c.example.com', env())).toBeUndefined();
  });

  it('stand where DOCKER_CONFIG says', async () => {
    mkdirSync(join(home, 'elsewhere'));
    writeFileSync(
      join(home, 'elsewhere/config.json'),
      JSON.stringify({ auths: { 'a.example.com': { auth: auth('e:f') } } }),
    );
    const found = await dockerCredentials('a.example.com', { ...env(), DOCKER_CONFIG: join(home, 'elsewhere') });
    expect(found).toEqual({ username: 'e', password: 'f' });
  });

  it('are not passed over where they cannot be used', async () => {
    configure('{');
    expect(await failureOf()).toBe('/.docker/config.json is no configuration of Docker');
    configure({ auths: { 'registry.example.com': { auth: auth('without a colon') } } });
    expect(await failureOf()).toMatch(/has an "auth" that is not base64 of user:password$/);
    configure({ credsStore: '../../bin/sh' });
    expect(await failureOf()).toMatch(/names a credential helper that is no name of a program$/);
    configure({ credsStore: 'gone' });
    expect(await failureOf()).toMatch(/names docker-credential-gone, which gave no answer$/);
    helper('broken', 'echo no json; echo secret >&2');
    configure({ credsStore: 'broken' });
    expect(await failureOf()).toMatch(/names docker-credential-broken, whose answer cannot be read$/);
  });
});
