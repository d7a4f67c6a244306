import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startService, type RunningService } from './support/running-service.ts';

const rows = z.array(
  z.object({ number: z.string(), operator: z.string(), action: z.string(), request: z.string(), code: z.string() }),
);
const verified = z.object({
  intact: z.boolean(),
  entries: z.string(),
  head: z.string(),
  problems: z.array(z.unknown()),
});

describe('what operators did is told from the command line', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T10:00:00+08:00' });
  });
  afterAll(() => service.remove());

  it('with what was refused, in order, and the chain holds over a restart', async () => {
    const { accountId } = z
      .object({ accountId: z.string() })
      .parse(service.command('account', 'create', '--email', 'a@example.com', '--verified'));
    service.command('account', 'top-up', '--account', accountId, '--amount', '10.00');
    expect(() => service.command('account', 'top-up', '--account', '999999999999', '--amount', '1')).toThrow(
      /ResourceNotFound.Account/,
    );
    const list = rows.parse(service.command('audit', 'list'));
    expect(list.map(({ action, code }) => `${action} ${code}`)).toEqual([
      'TopUpAccount ResourceNotFound.Account',
      'TopUpAccount OK',
      'CreateAccount OK',
    ]);
    expect(list.every(({ operator }) => operator === 'socket')).toBe(true);
    expect(JSON.parse(list[1]?.request ?? '')).toEqual({ Uin: accountId, Amount: '10.00', Kind: 'cash' });
    const { head, intact } = verified.parse(service.command('audit', 'verify'));
    expect(intact).toBe(true);
    await service.stop();
    await service.start();
    expect(verified.parse(service.command('audit', 'verify', '--head', head))).toMatchObject({
      intact: true,
      entries: '5',
      problems: [],
    });
    expect(rows.parse(service.command('audit', 'list', '--action', 'CreateAccount', '--limit', '5'))).toHaveLength(1);
  });

  it('and a head that does not fit ends with status 1, a bad one with status 2', () => {
    const run = (...args: string[]) => {
      const main = join(import.meta.dirname, '../server/src/cli/main.ts');
      const env = { ...process.env, WHARFINGER_HOME: service.home };
      return spawnSync(process.execPath, [main, 'audit', ...args], { env, encoding: 'utf8' });
    };
    const broken = run('verify', '--head', `1:${'a'.repeat(64)}`);
    expect(broken).toMatchObject({ status: 1, stdout: expect.stringContaining('THE CHAIN IS BROKEN') });
    for (const args of [
      ['verify', '--head', '1'],
      ['list', '--limit', 'all'],
      ['list', '--before', '-1'],
      ['forget'],
    ]) {
      expect(run(...args)).toMatchObject({ status: 2, stdout: '' });
    }
  });
});
