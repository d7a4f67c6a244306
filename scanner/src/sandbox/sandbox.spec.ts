import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eicarTestString, fakeGitHubToken, tarArchive } from '../../../tests/support/images/index.ts';
import { describeWhen } from '../../../tests/support/requirements.ts';
import { childProcesses } from '../../fuzz/child-watch.ts';
import { defaultBudget } from '../budget.ts';
import type { RiskClass } from '../model.ts';
import { Child, ChildGone, sendJson } from './child.ts';
import { createSandbox, type Sandbox } from './create-sandbox.ts';
import { frame } from './frames.ts';
import { ownUser, sandboxFacts, type SandboxFacts } from './protections.ts';
import { reasonOf, type Worker, type WorkerJob } from './worker.ts';

const facts = await sandboxFacts();
const limits = { memoryBytes: defaultBudget.memoryBytes, fileBytes: 0 };

function startFixture(
  name: string,
  own: Partial<{ addOns: boolean; memoryBytes: number; cpuSeconds: number }> = {},
): Child {
  const { addOns = false, ...ownLimits } = own;
  return new Child({
    facts,
    program: new URL(`fixtures/${name}-child.ts`, import.meta.url),
    limits: { ...limits, ...ownLimits },
    addOns,
    stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'ignore'],
  });
}

async function probe(addOns: boolean): Promise<Record<string, unknown>> {
  const child = startFixture('probe', { addOns });
  try {
    await sendJson(child, frame.setup, { user: ownUser(facts) });
    return JSON.parse((await child.receive(frame.result)).toString('utf8')) as Record<string, unknown>;
  } finally {
    await child.end();
  }
}

describe('a child', () => {
  it.each([false, true])('can do nothing but compute (add-ons: %s)', async (addOns) => {
    const found = await probe(addOns);
    expect(found).toMatchObject({
      environment: [],
      readsPasswords: 'ERR_ACCESS_DENIED',
      writes: 'ERR_ACCESS_DENIED',
      runs: 'ERR_ACCESS_DENIED',
      threads: 'ERR_ACCESS_DENIED',
      connects: 'ERR_ACCESS_DENIED',
      addOn: addOns ? 'ERR_DLOPEN_FAILED' : 'ERR_DLOPEN_DISABLED',
    });
  });

  describeWhen(facts.ownUser ? undefined : 'needs-root:children', 'as root', () => {
    it('gives root up for a user that owns nothing, for good', async () => {
      const found = await probe(false);
      expect(found['user']).toBeGreaterThanOrEqual(61_184);
      expect(found['groups']).toEqual([found['user']]);
      expect(found['backToRoot']).toBe('EPERM');
    });
  });

  describeWhen(facts.noNetwork ? undefined : 'kernel-forbids:unshare', 'where the kernel allows', () => {
    it('stands in a network without anything', async () => {
      expect((await probe(false))['interfaces']).toEqual([]);
    });
  });

  it.each<[string, ChildGone['why'], string]>([
    ['wrong kind', 'other', 'said what is no answer'],
    ['endless frame', 'other', 'said what is no answer'],
    ['half a frame', 'other', 'ended with status 0'],
    ['exit', 'other', 'ended with status 7'],
  ])('that misbehaves is gone: %s', async (act, why, message) => {
    const child = startFixture('misbehaving');
    await sendJson(child, frame.setup, { act });
    await expect(child.receive(frame.result)).rejects.toMatchObject({
      why,
      message: expect.stringContaining(message) as string,
    });
    await child.end();
  });

  it('that takes too long is ended', async () => {
    const child = startFixture('misbehaving');
    await sendJson(child, frame.setup, { act: 'spin' });
    child.limitTime(500);
    await expect(child.receive(frame.result)).rejects.toMatchObject({ why: 'time' });
  });

  it('that cannot be started says so', async () => {
    const nothing: SandboxFacts = { ...facts, noNetwork: false, resourceLimits: false };
    const child = new Child({
      facts: nothing,
      program: new URL('no-such-child.ts', import.meta.url),
      limits,
      addOns: false,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await expect(child.receive(frame.ready)).rejects.toBeInstanceOf(ChildGone);
  });

  describeWhen(facts.resourceLimits ? undefined : 'kernel-forbids:prlimit', 'bounded by the kernel', () => {
    it('works with little memory', async () => {
      const child = startFixture('probe', { memoryBytes: 192 * 1024 * 1024 });
      await sendJson(child, frame.setup, {});
      expect((await child.receive(frame.result)).length).toBeGreaterThan(0);
      await child.end();
    });

    it.each(['grow', 'nest'])('cannot take more memory than it may: %s', async (act) => {
      const child = startFixture('misbehaving', { memoryBytes: 256 * 1024 * 1024 });
      await sendJson(child, frame.setup, { act });
      await expect(child.receive(frame.result)).rejects.toMatchObject({ why: 'memory' });
    });

    it('cannot take more processor time than it may', async () => {
      const child = startFixture('misbehaving', { cpuSeconds: 1 });
      await sendJson(child, frame.setup, { act: 'spin' });
      await expect(child.receive(frame.result)).rejects.toMatchObject({ why: 'time' });
    });
  });

  it.each([
    ['memory', 'budget-memory'],
    ['time', 'budget-time'],
    ['other', 'child-died'],
  ] as const)('gone for %s is told as %s', (why, code) => {
    expect(reasonOf(new ChildGone(why, 'is gone'))).toMatchObject({ code });
  });
});

const layer = tarArchive([
  { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="11"\n' },
  { path: 'root/key', content: fakeGitHubToken() },
  { path: 'tmp/eicar.com', content: eicarTestString() },
  { path: 'tmp/again.com', target: 'tmp/eicar.com', hard: true },
]);

async function* inChunks(bytes: Uint8Array, length = 100): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

function job(own: Partial<WorkerJob> = {}): WorkerJob {
  return {
    content: { type: 'frames' },
    open: async () => inChunks(gzipSync(layer)),
    limits: defaultBudget,
    hashed: true,
    signal: new AbortController().signal,
    ...own,
  };
}

describe('a worker', () => {
  let sandbox: Sandbox;
  let worker: Worker | undefined;
  beforeAll(() => {
    sandbox = createSandbox();
  });
  afterAll(() => sandbox.close());

  async function withWorker<Value>(
    riskClasses: RiskClass[],
    use: (worker: Worker) => Promise<Value>,
    fds: readonly number[] = [],
  ): Promise<Value> {
    worker = await sandbox.lend({ riskClasses, fds });
    try {
      return await use(worker);
    } finally {
      await worker.close();
    }
  }

  it('reads layers one after the other, with all that is looked for', async () => {
    await withWorker(['vulnerabilities', 'secrets', 'malware'], async (one) => {
      for (let round = 0; round < 3; round += 1) {
        const { index, malware } = await one.read(job());
        expect(index.incomplete).toEqual([]);
        expect(index.files.map(({ path, secrets }) => [path, secrets?.[0]?.rule])).toEqual([
          ['etc/os-release', undefined],
          ['root/key', 'github-token'],
        ]);
        expect(malware.map(({ path, number, md5, hits }) => [path, number, md5, hits.length > 0])).toEqual([
          ['tmp/eicar.com', 2, '44d88612fea8a8f36de82e1278abb02f', true],
          ['tmp/again.com', 3, '44d88612fea8a8f36de82e1278abb02f', true],
        ]);
      }
    });
  });

  it('reads ranges of the files that it was given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wharfinger-worker-'));
    const starts = [512, 1024];
    const fds = starts.map((start) => {
      const path = join(folder, `archive-${start}`);
      writeFileSync(path, Buffer.concat([Buffer.alloc(start), layer]), { mode: 0o600 });
      return openSync(path, 'r');
    });
    try {
      await withWorker(
        ['vulnerabilities'],
        async (one) => {
          for (const [file, offset] of starts.entries()) {
            const content = { type: 'range', file, offset, length: layer.length } as const;
            const { open, ...ranged } = job({ content, hashed: false });
            expect(open).toBeDefined();
            const { index } = await one.read(ranged);
            expect(index.files.map(({ path }) => path)).toEqual(['etc/os-release']);
          }
        },
        fds,
      );
    } finally {
      fds.forEach((fd) => closeSync(fd));
      rmSync(folder, { recursive: true });
    }
  });

  it('reads the bytes to their end also when the layer broke before: they may not be those of the digest', async () => {
    const garbage = Buffer.concat([Buffer.alloc(3000, 'garbage'), Buffer.alloc(3_000_000)]);
    await withWorker(['vulnerabilities'], async (one) => {
      const failing = async function* () {
        yield* inChunks(garbage, 64 * 1024);
        throw new Error('the digest is another');
      };
      await expect(one.read(job({ open: async () => failing() }))).rejects.toThrow('the digest is another');
      expect(one.usable).toBe(false);
    });
    await withWorker(['vulnerabilities'], async (one) => {
      const { index } = await one.read(job({ open: async () => inChunks(garbage, 64 * 1024) }));
      expect(index.incomplete.map(({ code }) => code)).toEqual(['layer-corrupt']);
      expect((await one.read(job())).index.incomplete).toEqual([]);
    });
  });

  it('stops fetching an endless layer when the budget is used up', async () => {
    let sent = 0;
    const endless = async function* () {
      const file = Buffer.from(tarArchive([{ path: 'file', content: 'x'.repeat(100_000) }])).subarray(0, -1024);
      for (;;) {
        sent += file.length;
        yield file;
      }
    };
    await withWorker(['vulnerabilities'], async (one) => {
      const { index } = await one.read(
        job({ open: async () => endless(), hashed: false, limits: { ...defaultBudget, bytes: 5_000_000 } }),
      );
      expect(index.incomplete.map(({ code }) => code)).toEqual(['budget-bytes']);
      expect(sent).toBeLessThan(50_000_000);
    });
  });

  it('ends with its time when the bytes do not come', async () => {
    await withWorker(['vulnerabilities'], async (one) => {
      const silent = async (signal: AbortSignal) =>
        (async function* () {
          yield layer.subarray(0, 512);
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
        })();
      const reading = one.read(job({ open: silent, limits: { ...defaultBudget, timeMs: -2500 } }));
      await expect(reading).rejects.toMatchObject({ why: 'time' });
      expect(one.usable).toBe(false);
    });
  });

  it('ends with its time when the bytes never end, though the layer did', async () => {
    await withWorker(['vulnerabilities'], async (one) => {
      const dripping = async (signal: AbortSignal) =>
        (async function* () {
          yield Buffer.alloc(1024, 'garbage');
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            signal.throwIfAborted();
            yield Buffer.alloc(1);
          }
        })();
      const reading = one.read(job({ open: dripping, limits: { ...defaultBudget, timeMs: 200 } }));
      await expect(reading).rejects.toMatchObject({ why: 'time' });
    });
  });

  it('is done with when it is told to stop', async () => {
    await withWorker(['vulnerabilities'], async (one) => {
      const stop = new AbortController();
      const silent = async (signal: AbortSignal) =>
        (async function* () {
          yield layer.subarray(0, 512);
          stop.abort(new Error('enough'));
          signal.throwIfAborted();
        })();
      await expect(one.read(job({ open: silent, signal: stop.signal }))).rejects.toThrow('enough');
    });
  });

  it('has an index without malware when the rules cannot be compiled', async () => {
    const broken = createSandbox({ malwareRules: ['rule broken {'] });
    const one = await broken.lend({ riskClasses: ['vulnerabilities', 'malware'] });
    const { index, malware, malwareGone } = await one.read(job());
    expect(index.files.map(({ path }) => path)).toEqual(['etc/os-release']);
    expect(malware).toEqual([]);
    expect(malwareGone?.message).toContain('MalwareRuleError');
    await one.close();
    await broken.close();
  });

  it('stands ready in a pool, and is fresh for every scan', async () => {
    const pool = createSandbox({ pool: 1, poolRiskClasses: ['vulnerabilities'] });
    const first = await pool.lend({ riskClasses: ['vulnerabilities'] });
    expect((await first.read(job())).index.incomplete).toEqual([]);
    const second = await pool.lend({ riskClasses: ['vulnerabilities'] });
    expect(second).not.toBe(first);
    expect((await second.read(job())).index.incomplete).toEqual([]);
    await Promise.all([first.close(), second.close()]);
    await pool.close();
  });

  it('is there already for whoever asks for what was prepared, once', async () => {
    const options = { riskClasses: ['vulnerabilities'], cpuSeconds: 60 } as const;
    const early = createSandbox();
    early.prepare(options);
    const first = await early.lend(options);
    // It has answered: a worker that is started when it is asked for has not.
    const later = new Promise((resolve) => setImmediate(resolve, 'later'));
    expect(await Promise.race([first.getsReady(), later])).toBe(true);
    expect((await first.read(job())).index.incomplete).toEqual([]);
    const second = await early.lend(options);
    expect(second).not.toBe(first);
    await Promise.all([first.close(), second.close()]);
    await early.close();
  });

  it('that was prepared is gone with the sandbox, ready or not', async () => {
    const before = new Set(childProcesses());
    const early = createSandbox();
    early.prepare({ riskClasses: ['vulnerabilities'] });
    // Other tests of this process may start some at the same moment: they end, too.
    const started = childProcesses().filter((id) => !before.has(id));
    expect(started.length).toBeGreaterThan(0);
    await early.close();
    await expect.poll(() => childProcesses().filter((id) => started.includes(id)), { timeout: 30_000 }).toEqual([]);
  });

  it.each<[string, Parameters<Sandbox['prepare']>[0]]>([
    ['for another class of risk', { riskClasses: ['secrets'] }],
    ['with another file', { riskClasses: ['vulnerabilities'], fds: [0] }],
    ['for another time', { riskClasses: ['vulnerabilities'], cpuSeconds: 1 }],
  ])('is not the one that was prepared %s, which is ended', async (_what, options) => {
    const early = createSandbox();
    early.prepare(options);
    const worker = await early.lend({ riskClasses: ['vulnerabilities'] });
    expect((await worker.read(job())).index.incomplete).toEqual([]);
    await worker.close();
    await early.close();
  });
});
