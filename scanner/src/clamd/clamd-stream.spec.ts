import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { clamdAddressText, parseClamdAddress } from './address.ts';
import { ClamdFailed, ClamdSizeLimit, ClamdStream } from './clamd-stream.ts';
import { type Behaviour, type ClamdDouble, startClamdDouble } from './fixtures/clamd-double.ts';

let double: ClamdDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function ask(
  chunks: readonly (string | Uint8Array)[],
  behaviour?: Behaviour,
  { timeoutMs = 60_000, signal = new AbortController().signal } = {},
): Promise<string | undefined> {
  double = await startClamdDouble(behaviour);
  const stream = new ClamdStream({ address: { host: '127.0.0.1', port: double.port }, timeoutMs, signal });
  for (const chunk of chunks) await stream.write(Buffer.from(chunk));
  return stream.end();
}

describe('the address of clamd', () => {
  it.each([
    ['localhost:3310', { host: 'localhost', port: 3310 }],
    ['10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
    ['[::1]:3310', { host: '::1', port: 3310 }],
    ['unix:/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
  ])('%s', (text, address) => {
    expect(parseClamdAddress(text)).toEqual(address);
    expect(clamdAddressText(address)).toBe(text);
  });

  it.each([
    '',
    'localhost',
    'localhost:',
    ':3310',
    'a:0',
    'a:65536',
    'a:99999999',
    '::1:3310',
    'unix:',
    'http://a:1',
    'a b:1',
  ])('is not %j', (text) => {
    expect(parseClamdAddress(text)).toBeUndefined();
  });
});

describe('a file for clamd', () => {
  it('comes whole, in chunks, and its verdict back', async () => {
    expect(await ask(['a harm', '', 'less file'])).toBeUndefined();
    expect(double?.files).toEqual([Buffer.from('a harmless file')]);
  });

  it('is found', async () => {
    expect(await ask(['an ev', 'il file'])).toBe('Test.Evil-1');
  });

  it('may be larger than what waits in between', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    expect(await ask(Array.from({ length: 8 }, () => chunk))).toBeUndefined();
    expect(double?.files[0]).toHaveLength(8 * 1024 * 1024);
  });

  it('that is larger than clamd takes is told so', async () => {
    const chunk = Buffer.alloc(100_000, 'x');
    const answer = ask([chunk, chunk, chunk], { type: 'honest', streamMaxLength: 150_000 });
    await expect(answer).rejects.toBeInstanceOf(ClamdSizeLimit);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['breaks off', { type: 'breaks off', afterBytes: 20 }, /breaks off|cannot be reached: E/],
    [
      'says something else',
      { type: 'answer', text: "stream: Can't allocate memory ERROR\0" },
      /no verdict: "stream: Can't/,
    ],
    ['says half a verdict', { type: 'answer', text: 'stream: O' }, /breaks off/],
    ['says nothing that ends', { type: 'answer', text: 'x'.repeat(5000) }, /does not come to an end/],
    ['says nothing', { type: 'answer', text: '' }, /breaks off/],
  ])('is no clean one where clamd %s', async (_what, behaviour, message) => {
    const answer = ask(['a harmless', ' file that is long enough'], behaviour);
    await expect(answer).rejects.toBeInstanceOf(ClamdFailed);
    await expect(answer).rejects.toThrow(message);
  });

  it('waits no longer than it may', async () => {
    await expect(ask(['x'], { type: 'silent' }, { timeoutMs: 50 })).rejects.toThrow(/127\.0\.0\.1:\d+ was silent for/);
  });

  it('is not waited for when the scan is stopped', async () => {
    const stop = new AbortController();
    const answer = ask(['x'], { type: 'silent' }, { signal: stop.signal });
    stop.abort();
    await expect(answer).rejects.toThrow('was not waited for any longer');
  });

  it('cannot be given where nobody listens', async () => {
    const gone = await startClamdDouble();
    await gone.close();
    const options = { timeoutMs: 60_000, signal: new AbortController().signal };
    const stream = new ClamdStream({ address: { host: '127.0.0.1', port: gone.port }, ...options });
    await stream.write(Buffer.alloc(1024 * 1024));
    await expect(stream.end()).rejects.toThrow('cannot be reached: ECONNREFUSED');
    const nowhere = new ClamdStream({ address: { path: '/nowhere/clamd' }, ...options });
    await expect(nowhere.end()).rejects.toThrow('unix:/nowhere/clamd cannot be reached: ENOENT');
  });

  it('goes through a socket of the file system', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wharfinger-clamd-'));
    const path = join(folder, 'clamd.ctl');
    const server = createServer((socket) => socket.once('data', () => socket.end('stream: OK\0')));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const stream = new ClamdStream({ address: { path }, timeoutMs: 60_000, signal: new AbortController().signal });
      expect(await stream.end()).toBeUndefined();
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });
});
