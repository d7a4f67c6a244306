import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase } from '../../../tests/support/empty-database.ts';
import { lockHome } from '../service/home-lock.ts';
import { doctor } from './doctor.ts';
import type { Check } from './doctor/check.ts';

describe('the doctor', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'wharfinger-doctor-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  async function run(env: Record<string, string> = {}, ...args: string[]) {
    let printed = '';
    const stdout = { write: (text: string) => Boolean((printed += text)) } as unknown as NodeJS.WritableStream;
    const io = { stdout, stderr: process.stderr, cwd: '/', env: { WHARFINGER_HOME: home, PORT: '0', ...env } };
    const status = await doctor.run(args, io);
    return { status, printed };
  }
  async function examine(env: Record<string, string> = {}) {
    const { status, printed } = await run(env, '--json');
    const { healthy, checks } = JSON.parse(printed) as { healthy: boolean; checks: Check[] };
    expect(status).toBe(healthy ? 0 : 2);
    for (const { state, advice } of checks) expect(advice === undefined).toBe(state === 'ok');
    return { status, of: (name: string) => checks.filter((check) => check.name === name) };
  }

  it('finds a machine in order where tests run, and tells people line by line', async () => {
    const { status, printed } = await run();
    expect(status).toBe(0);
    expect(printed).toMatch(/^ok {4}settings {12}all can be used$/m);
    expect(printed).toMatch(/^ok {4}Node {16}26\.\d+\.\d+/m);
    expect(printed).toMatch(/^ok {4}PostgreSQL {10}embedded, version 18/m);
    expect(printed).toMatch(/^ok {4}port {16}the service does not run; port 0/m);
    expect(printed).toMatch(/^ok {4}sandbox/m);
    expect(printed).not.toMatch(/^fail/m);
  });

  it('changes nothing', async () => {
    const absent = join(home, 'not/yet');
    const { of } = await examine({ WHARFINGER_HOME: absent });
    expect(of('data folder')).toMatchObject([{ state: 'ok', found: `${absent} is made on the first start` }]);
    expect(of('master key')).toMatchObject([{ state: 'ok', found: `${absent}/master.key is made on the first start` }]);
    expect(() => rmSync(absent)).toThrow('ENOENT');
  });

  it('tells a setting that cannot be used, and goes on', async () => {
    const { status, of } = await examine({ HOST: '0.0.0.0' });
    expect(status).toBe(2);
    expect(of('settings')).toMatchObject([{ state: 'fail', found: expect.stringMatching(/^HOST: /) }]);
    expect(of('data folder')).toMatchObject([{ state: 'ok' }]);
  });

  it.each([
    ['700', 'ok'],
    ['711', 'ok'],
    ['755', 'warn'],
    ['777', 'fail'],
    ['730', 'fail'],
  ])('finds the mode %s of the data folder: %s', async (mode, state) => {
    chmodSync(home, Number.parseInt(mode, 8));
    expect((await examine()).of('data folder')).toMatchObject([{ state }]);
  });

  it('finds a data folder that is a file', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    expect((await examine({ WHARFINGER_HOME: file })).of('data folder')).toMatchObject([{ state: 'fail' }]);
  });

  it.each([
    ['that others can read', 0o644, `${Buffer.alloc(32).toString('base64')}\n`, 'chmod 600'],
    ['that is broken', 0o600, 'rubbish\n', 'is not 32 bytes in base64'],
    ['that is empty', 0o600, '', 'holds no key'],
  ])('finds a master key file %s', async (_, mode, text, why) => {
    const file = join(home, 'master.key');
    writeFileSync(file, text);
    chmodSync(file, mode);
    const { status, of } = await examine();
    expect(status).toBe(2);
    expect(of('master key')).toMatchObject([{ state: 'fail', found: expect.stringContaining(why) }]);
  });

  it('finds a port that another program has', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { status, of } = await examine({ PORT: String(port) });
    expect(status).toBe(2);
    expect(of('port')).toMatchObject([{ state: 'fail', advice: 'set PORT to a free one' }]);
    server.close();
  });

  it('tells a service that runs from one that does not answer', async () => {
    const lock = lockHome(home);
    try {
      expect((await examine()).of('service')).toMatchObject([
        { state: 'ok', found: `the service runs as process ${process.pid}, without an operator's socket` },
      ]);
      mkdirSync(join(home, 'run'), { recursive: true });
      const mute = createServer((socket) => socket.end('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n'));
      mute.listen(join(home, 'run/operator.sock'));
      await once(mute, 'listening');
      const { status, of } = await examine();
      expect(status).toBe(2);
      expect(of('service')).toMatchObject([{ state: 'fail', found: expect.stringContaining('does not answer') }]);
      mute.close();
    } finally {
      lock.release();
    }
  });

  it('looks whether each role of a PostgreSQL elsewhere is let in', async () => {
    const database = await emptyDatabase();
    const { status, of } = await examine({
      DATABASE_URL: database.url('owner'),
      DATABASE_URL_APP: database.url('app', 'wrong'),
      DATABASE_URL_SYSTEM: 'postgres://a:b@127.0.0.1:1/c',
    });
    expect(status).toBe(2);
    expect(of('DATABASE_URL')).toMatchObject([{ state: 'ok', found: expect.stringMatching(/^PostgreSQL 18/) }]);
    expect(of('DATABASE_URL_APP')).toMatchObject([{ state: 'fail', found: expect.stringContaining('password') }]);
    expect(of('DATABASE_URL_SYSTEM')).toMatchObject([
      { state: 'fail', found: expect.stringContaining('ECONNREFUSED') },
    ]);
    await database.remove();
  });
});
