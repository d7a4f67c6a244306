import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { openSecrets, type Secrets } from './index.ts';

const [one, two] = [111_111_111_111n, 222_222_222_222n];
const lineCount = (file: string) => readFileSync(file, 'utf8').trim().split('\n').length;

describe('a secret', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  const seal = (value: string, { tenant = one, purpose = 'spec', by = platform.secrets } = {}) =>
    platform.database.inTenant(tenant, (tx) => by.seal(tx, tenant, purpose, value));
  const open = (sealed: string, { tenant = one, purpose = 'spec', by = platform.secrets } = {}) =>
    platform.database.inTenant(tenant, (tx) => by.open(tx, tenant, purpose, sealed));
  const rotate = (by: Secrets = platform.secrets) => platform.database.inSystem('test', (tx) => by.rotate(tx));
  /** Another process on the same file. */
  const elsewhere = () => openSecrets(platform.config.masterKeyFile);

  it('opens as what was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (value) => {
        const sealed = await seal(value);
        expect(sealed).toMatch(/^1\.[0-9a-f]{16}\.[\w-]+$/);
        expect(await open(sealed)).toBe(value);
      }),
      { numRuns: 20 },
    );
  });

  it('is another ciphertext each time', async () => {
    expect(await seal('same')).not.toBe(await seal('same'));
  });

  it('does not open for another purpose or tenant', async () => {
    const sealed = await seal('hush');
    await expect(open(sealed, { purpose: 'other' })).rejects.toThrow();
    await expect(open(sealed, { tenant: two })).rejects.toThrow('missing');
    // With all tenants' keys at hand, the ciphertext of one is still none of another.
    const [version, keyId, body] = sealed.split('.');
    const [, otherKey] = (await seal('own', { tenant: two })).split('.');
    for (const forged of [`${version}.${otherKey}.${body}`, sealed]) {
      const attempt = platform.database.inSystem('test', (tx) => platform.secrets.open(tx, two, 'spec', forged));
      await expect(attempt).rejects.toThrow();
    }
    expect(keyId).not.toBe(otherKey);
  });

  it('does not open when any bit of it was changed, or its end is missing', async () => {
    const sealed = await seal('hush');
    const [version, keyId, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const rebuilt = (changed: Uint8Array) => `${version}.${keyId}.${Buffer.from(changed).toString('base64url')}`;
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Uint8Array.from(bytes, (byte, at) => (at === index ? byte ^ 1 : byte));
      await expect(open(rebuilt(changed)), `byte ${index}`).rejects.toThrow();
    }
    for (const length of [0, 11, 16, 20, 27, 28, bytes.length - 1]) {
      await expect(open(rebuilt(bytes.subarray(0, length))), `${length} bytes`).rejects.toThrow();
    }
  });

  it.each(['', 'hush', '2.00.aa', '1..aa', '1.0123456789abcdef.'])('in the form %j is unknown', async (text) => {
    await expect(open(text)).rejects.toThrow('unknown form');
  });

  it('opens after rotations, here and in a process that had read the file before', async () => {
    const other = elsewhere();
    const old = await seal('old');
    const before = lineCount(platform.config.masterKeyFile);
    const { masterKeyId, rewrapped } = await rotate();
    expect(masterKeyId).toMatch(/^[0-9a-f]{16}$/);
    expect(rewrapped).toBeGreaterThan(0);
    expect(lineCount(platform.config.masterKeyFile)).toBe(before + 1);
    expect(statSync(platform.config.masterKeyFile).mode & 0o777).toBe(0o600);
    expect(await open(old)).toBe('old');
    expect(await open(old, { by: other })).toBe('old');
    await rotate(other);
    expect(await open(await seal('new'), { by: other })).toBe('new');
    expect(await open(old)).toBe('old');
    expect(await rotate()).toMatchObject({ rewrapped });
  });

  it('needs only the newest line after a rotation, also for tenants that come to a process that has not seen it', async () => {
    const [here, there] = [elsewhere(), elsewhere()];
    const old = await seal('old');
    await rotate(here);
    const sealed = await seal('first of its tenant', { tenant: 333_333_333_333n, by: there });
    const file = platform.config.masterKeyFile;
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, text.indexOf('\n') + 1));
    const fresh = elsewhere();
    expect(await open(old, { by: fresh })).toBe('old');
    expect(await open(sealed, { tenant: 333_333_333_333n, by: fresh })).toBe('first of its tenant');
    writeFileSync(file, text);
  });

  it('survives rotations of several processes at once', async () => {
    const old = await seal('old');
    const before = lineCount(platform.config.masterKeyFile);
    const processes = Array.from({ length: 4 }, elsewhere);
    const sealing = Array.from({ length: 8 }, (_, index) => {
      const tenant = 400_000_000_000n + BigInt(index);
      return seal('during', { tenant }).then((sealed) => ({ tenant, sealed }));
    });
    await Promise.all(processes.map(rotate));
    expect(lineCount(platform.config.masterKeyFile)).toBe(before + 4);
    expect(await open(old)).toBe('old');
    for (const { tenant, sealed } of await Promise.all(sealing)) expect(await open(sealed, { tenant })).toBe('during');
  });

  it('keeps the service from starting on a file that lacks its key', async () => {
    await seal('x');
    const check = (secrets: Secrets) => platform.database.inSystem('test', (tx) => secrets.requireMasterKeys(tx));
    await expect(check(elsewhere())).resolves.toBeUndefined();
    const stranger = openSecrets(`${platform.config.masterKeyFile}.other`);
    await expect(check(stranger)).rejects.toThrow(/^WHARFINGER_MASTER_KEY_FILE: \S+ lacks the key [0-9a-f]{16}/);
    await expect(seal('y', { by: stranger })).rejects.toThrow('put its line back');
  });
});

describe('the master key file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wharfinger-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made for its owner only, in a folder that need not exist, and stays as it is', () => {
    const file = join(folder, 'new', 'master.key');
    openSecrets(file);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^[\w+/]{43}=\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    openSecrets(file);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  const key = `${Buffer.alloc(32, 7).toString('base64')}\n`;

  it.each([0o640, 0o604, 0o660, 0o610, 0o601])('of mode %o is refused: others can read or change it', (mode) => {
    const file = join(folder, 'master.key');
    writeFileSync(file, key);
    chmodSync(file, mode);
    expect(() => openSecrets(file)).toThrow(`WHARFINGER_MASTER_KEY_FILE: others can read ${file}; chmod 600 it`);
  });

  it.each([
    ['empty', '', 'holds no key'],
    ['blank', '\n \n', 'holds no key'],
    ['of a shorter key', `${Buffer.alloc(16).toString('base64')}\n`, 'is not 32 bytes in base64'],
    ['with a broken line', `${key}rubbish\n`, 'is not 32 bytes in base64'],
  ])('that is %s is refused', (_, text, why) => {
    const file = join(folder, 'master.key');
    writeFileSync(file, text, { mode: 0o600 });
    expect(() => openSecrets(file)).toThrow(/^WHARFINGER_MASTER_KEY_FILE: /);
    expect(() => openSecrets(file)).toThrow(why);
  });

  it.each([
    ['a folder', () => folder, 'cannot be read'],
    ['below a file', () => join(join(folder, 'file'), 'master.key'), 'cannot be made'],
  ])('that is %s is refused with one line', (_, path, why) => {
    writeFileSync(join(folder, 'file'), '');
    chmodSync(folder, 0o700);
    expect(() => openSecrets(path())).toThrow(/^WHARFINGER_MASTER_KEY_FILE: /);
    expect(() => openSecrets(path())).toThrow(why);
  });
});
