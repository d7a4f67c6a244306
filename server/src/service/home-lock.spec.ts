import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homeOwner, HomeInUseError, lockHome } from './home-lock.ts';

const module = join(import.meta.dirname, 'home-lock.ts');
type Holder = ChildProcessByStdio<null, Readable, null>;
/** A process that takes the lock, says whether it has it, and keeps it until it is killed. */
const holder = `import { lockHome } from ${JSON.stringify(module)};
try { lockHome(process.argv[1]); process.stdout.write('mine\\n'); setInterval(() => {}, 1000); }
catch (error) { process.stdout.write(error.name + '\\n'); }`;

describe('the lock of a data folder', () => {
  let home: string;
  const children: Holder[] = [];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'wharfinger-lock-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(home, { recursive: true });
  });

  function hold(): Holder {
    const child = spawn(process.execPath, ['--input-type=module', '-e', holder, home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  }
  const answer = async (child: Holder) => String((await once(child.stdout, 'data'))[0]).trim();

  it('has one owner at a time, who is named', () => {
    const lock = lockHome(home);
    expect(homeOwner(home)).toEqual({ pid: process.pid });
    expect(() => lockHome(home)).toThrow(HomeInUseError);
    expect(() => lockHome(home)).toThrow(`${home} is in use by the service with process id ${process.pid}`);
    lock.release();
    expect(homeOwner(home)).toBeUndefined();
    lockHome(home).release();
  });

  it('is taken over from a process that was killed, also while its parent has not buried it', async () => {
    const first = hold();
    expect(await answer(first)).toBe('mine');
    expect(() => lockHome(home)).toThrow(HomeInUseError);
    first.kill('SIGKILL');
    await once(first, 'exit');
    lockHome(home).release();
    // A shell that does not wait for its child keeps it as a zombie.
    const script = `"$@" & sleep 30`;
    const parent = spawn('sh', ['-c', script, 'sh', process.execPath, '--input-type=module', '-e', holder, home], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    try {
      expect(String((await once(parent.stdout, 'data'))[0])).toBe('mine\n');
      const owner = homeOwner(home);
      process.kill(owner?.pid ?? 0, 'SIGKILL');
      await expect.poll(() => homeOwner(home)).toBeUndefined();
      lockHome(home).release();
    } finally {
      process.kill(-(parent.pid ?? 0), 'SIGKILL');
    }
  });

  it('goes to exactly one of many that find its owner dead', async () => {
    for (let round = 0; round < 2; round += 1) {
      const dead = hold();
      expect(await answer(dead)).toBe('mine');
      dead.kill('SIGKILL');
      await once(dead, 'exit');
      const rivals = Array.from({ length: 8 }, hold);
      const answers = await Promise.all(rivals.map(answer));
      expect(answers.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'HomeInUseError'), 'mine']);
      for (const rival of rivals) rival.kill('SIGKILL');
      const running = rivals.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
      await Promise.all(running.map((rival) => once(rival, 'exit')));
    }
    expect(readdirSync(join(home, 'run')).filter((name) => name.startsWith('service-'))).toHaveLength(1);
  });

  it('is not held by another process that has the number of a dead one', () => {
    const { pid } = spawnSync('true');
    lockHome(home).release();
    const [name = ''] = readdirSync(join(home, 'run')).filter((file) => file.startsWith('service-'));
    for (const owner of [
      { pid, startedAt: 'another boot 1' },
      { pid: process.ppid, startedAt: 'another boot 1' },
      { pid: process.pid, startedAt: 'another boot 1' },
      'rubbish',
      null,
    ]) {
      writeFileSync(join(home, 'run', name), JSON.stringify(owner));
      expect(homeOwner(home)).toBeUndefined();
    }
    writeFileSync(join(home, 'run', name), '{');
    lockHome(home).release();
  });
});
