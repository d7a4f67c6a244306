import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer, type ZipFile } from 'yauzl';
import { z } from 'zod';
import { errorCode } from '../../../../../tests/support/call-action.ts';
import { openMarket, type Customer, type Market } from '../../../../../tests/support/commercial-tenant.ts';
import { notScanning, useEverything } from '../../../../../tests/support/used-tenant.ts';
import type { ExportPart } from '../../../platform/export/index.ts';
import { beginRun } from './export-store.ts';
import { makeArchive } from './make-export.ts';

const at = (text: string) => Temporal.Instant.from(text);

const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  account: z.string(),
  snapshotAt: z.string(),
  files: z.array(
    z.object({ name: z.string(), domain: z.string(), rows: z.int(), sizeBytes: z.int(), sha256: z.string() }),
  ),
});

/** The files of a zip by name. */
async function unzip(archive: Buffer): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(archive, { lazyEntries: false, autoClose: false }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  );
  const reading: Promise<void>[] = [];
  await new Promise((resolve, reject) => {
    zip.on('entry', (entry) =>
      zip.openReadStream(entry, (error, stream) => {
        if (error) reject(error);
        else reading.push(readText(stream).then((content) => void files.set(entry.fileName, content)));
      }),
    );
    zip.on('end', resolve);
    zip.on('error', reject);
  });
  await Promise.all(reading);
  return files;
}

/** Fetches an archive in pieces, as a client does. */
async function download({ call }: Customer, JobId: unknown, Length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let Offset = 0; ; ) {
    const piece = await call('DownloadExport', { JobId, Offset, Length });
    pieces.push(Buffer.from(String(piece['Content']), 'base64'));
    Offset = Number(piece['NextOffset']);
    if (Offset < Number(piece['SizeBytes'])) continue;
    const whole = Buffer.concat(pieces);
    expect(createHash('sha256').update(whole).digest('hex')).toBe(piece['Sha256']);
    return whole;
  }
}

const jobsOf = async ({ call }: Customer) => (await call('DescribeExportJobs'))['List'] as Record<string, unknown>[];

describe('an export of everything', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T00:00:00Z', notScanning);
  });
  afterAll(() => market.close());

  const made = async (customer: Customer, JobId: unknown) => {
    const status = async () => (await jobsOf(customer)).find((job) => job['JobId'] === JobId)?.['Status'];
    await expect.poll(status, { timeout: 20_000 }).not.toBe('MAKING');
    return status();
  };
  const archives = ({ tenant }: Customer) => {
    const folder = join(market.config.home, 'exports', String(tenant));
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  it('has every row that the account has, counted and hashed, and no secret; nobody else can fetch it', async () => {
    const customer = await market.customer(1_000);
    await customer.call('OpenTcssTrial');
    await customer.buy('professional', { cores: 1 });
    await useEverything(market, customer.tenant, 7);
    const { JobId } = await customer.call('CreateExportJob');
    expect(await made(customer, JobId)).toBe('DONE');
    const files = await unzip(await download(customer, JobId, 1_000));
    const manifest = manifestSchema.parse(JSON.parse(files.get('manifest.json') ?? ''));
    expect(manifest).toMatchObject({ account: String(customer.tenant), snapshotAt: '2026-03-01T00:00:00Z' });
    expect([...files.keys()].toSorted()).toEqual(
      ['manifest.json', ...manifest.files.map(({ name }) => name)].toSorted(),
    );
    for (const { name, rows, sizeBytes, sha256 } of manifest.files) {
      const content = files.get(name) ?? '';
      expect(
        content
          .split('\n')
          .slice(0, -1)
          .map((line) => typeof JSON.parse(line)),
        name,
      ).toEqual(Array.from({ length: rows }, () => 'object'));
      expect([Buffer.byteLength(content), createHash('sha256').update(content).digest('hex')], name).toEqual([
        sizeBytes,
        sha256,
      ]);
    }
    const rows = Object.fromEntries(manifest.files.map((file) => [file.name.replace('.ndjson', ''), file.rows]));
    expect(rows).toMatchObject({
      account: 1,
      orders: 1,
      bills: 1,
      subscriptions: 1,
      trial: 1,
      registries: 1,
      'registry-images': 7,
      'scan-tasks': 1,
      'scan-task-images': 7,
      results: 7,
      vulnerabilities: 14,
      'sensitive-data': 7,
      malware: 7,
      'quota-uses': 7,
      'counted-cores': 1,
    });
    const first = (name: string): unknown => JSON.parse(files.get(`${name}.ndjson`)?.split('\n')[0] ?? '');
    expect(first('results')).toMatchObject({ image_id: 'sha256:registry-0', inventory: { packages: [] } });
    expect(first('bills')).toMatchObject({ real_cents: 9_000, pay_mode: 'prePay' });
    expect(first('registries')).not.toHaveProperty('password');
    expect((await jobsOf(customer))[0]).toMatchObject({
      CreateTime: '2026-03-01 08:00:00',
      ExpireTime: '2026-03-08 08:00:00',
    });

    const stranger = await market.customer(0);
    expect(await errorCode(stranger.call('DownloadExport', { JobId }))).toBe('ResourceNotFound');
    expect(await errorCode(customer.call('DownloadExport', { JobId: 999_999 }))).toBe('ResourceNotFound');
    expect(await customer.call('DownloadExport', { JobId, Offset: 10 ** 9 })).toMatchObject({ Content: '' });
  });

  it('is there for seven days, or until a newer one is', async () => {
    const customer = await market.customer(0);
    await customer.call('OpenTcssTrial');
    const { JobId: first } = await customer.call('CreateExportJob');
    expect(await made(customer, first)).toBe('DONE');
    await market.advance(at('2026-03-03T00:00:00Z'));
    const { JobId } = await customer.call('CreateExportJob');
    expect(await made(customer, JobId)).toBe('DONE');
    expect((await jobsOf(customer)).map((one) => one['JobId'])).toEqual([JobId]);
    await expect.poll(() => archives(customer)).toEqual([`${String(JobId)}-1.zip`]);
    await market.advance(at('2026-03-08T23:59:59Z'));
    // The trial ended a day ago: no other export, but the one that is there can be fetched.
    expect(await errorCode(customer.call('CreateExportJob'))).toBe('FailedOperation.TrialEnded');
    expect(await unzip(await download(customer, JobId, 4_096))).toHaveProperty('size', expect.any(Number));
    await market.advance(at('2026-03-09T00:00:00Z'));
    expect(await jobsOf(customer)).toEqual([]);
    await expect.poll(() => archives(customer)).toEqual([]);
    expect(await errorCode(customer.call('DownloadExport', { JobId }))).toBe('ResourceNotFound');
  });

  it('needs a trial, an edition or logs that are in force', async () => {
    const [nothing, logs] = [await market.customer(0), await market.customer(1_000)];
    expect(await errorCode(nothing.call('CreateExportJob'))).toBe('FailedOperation.NotPurchased');
    await logs.buy('log-analysis', { capacityGB: 10 });
    expect(await errorCode(logs.call('CreateExportJob'))).toBe('OK');
  });
});

describe('the work of an export', () => {
  let market: Market;
  beforeAll(async () => {
    market = await openMarket('2026-03-01T00:00:00Z', ({ name }) => name === 'subscriptions.remove-archive');
  });
  afterAll(() => market.close());

  const part = (lines: ExportPart['lines']): ExportPart => ({ domain: 'test', name: 'part', tables: [], lines });
  const newExport = async () => {
    const customer = await market.customer(0);
    await customer.call('OpenTcssTrial');
    const { JobId } = await customer.call('CreateExportJob');
    const folder = join(market.config.home, 'exports', String(customer.tenant));
    return {
      customer,
      JobId,
      run: (parts: readonly ExportPart[], signal = new AbortController().signal) =>
        makeArchive({ platform: market, tenant: customer.tenant, signal }, BigInt(String(JobId)), parts),
      status: async () => (await jobsOf(customer))[0]?.['Status'],
      files: () => (existsSync(folder) ? readdirSync(folder) : []),
    };
  };

  it('is done for one export at a time', async () => {
    const customer = await market.customer(0);
    await customer.call('OpenTcssTrial');
    const codes = await Promise.all([1, 2, 3].map(() => errorCode(customer.call('CreateExportJob'))));
    expect(codes.toSorted()).toEqual(['FailedOperation.ExportRunning', 'FailedOperation.ExportRunning', 'OK']);
  });

  it('is one snapshot: what is written while it is made is in the next one', async () => {
    const { customer, JobId, run } = await newExport();
    const rename = (email: string) =>
      market.database.inTenant(customer.tenant, (tx) =>
        tx
          .withTables<{ accounts: { tenant_id: bigint; verification_reason: string } }>()
          .updateTable('accounts')
          .set({ verification_reason: email })
          .where('tenant_id', '=', customer.tenant)
          .execute(),
      );
    await run([
      part(async function* (tx) {
        const read = async () => {
          const row = await tx
            .withTables<{ accounts: { tenant_id: bigint; verification_reason: string } }>()
            .selectFrom('accounts')
            .select('verification_reason')
            .executeTakeFirstOrThrow();
          return JSON.stringify(row);
        };
        yield await read();
        await rename('changed');
        yield await read();
      }),
    ]);
    const files = await unzip(await download(customer, JobId, 4_096));
    expect(files.get('part.ndjson')).toBe('{"verification_reason":""}\n'.repeat(2));
  });

  it('fails three times by a fault of ours, then it is given up, and leaves no file', async () => {
    const { run, status, files, customer } = await newExport();
    const broken = part(async function* () {
      yield await Promise.resolve('{}');
      throw new Error('a fault of ours');
    });
    for (let time = 0; time < 2; time += 1) await expect(run([broken])).rejects.toThrow('a fault of ours');
    expect(await status()).toBe('MAKING');
    await run([broken]);
    expect([await status(), files()]).toEqual(['FAILED', []]);
    expect(await errorCode(customer.call('CreateExportJob'))).toBe('OK');
  });

  it('is begun again when the service stopped in the middle of it, and ends once', async () => {
    const { run, status, files, JobId } = await newExport();
    const stop = new AbortController();
    const stopped = run(
      [
        part(async function* () {
          yield await Promise.resolve('{}');
          stop.abort(new Error('the service stops'));
          yield 'x'.repeat(100_000);
        }),
      ],
      stop.signal,
    );
    await expect(stopped).rejects.toThrow('the service stops');
    expect([await status(), files()]).toEqual(['MAKING', []]);
    let overtaken: Promise<void> | undefined;
    await run([
      part(async function* () {
        yield await Promise.resolve('{}');
        // Another process takes it for dead, and is faster.
        overtaken ??= run([]);
        await overtaken;
      }),
    ]);
    expect([await status(), files()]).toEqual(['DONE', [`${String(JobId)}-3.zip`]]);
    await run([]);
    expect(files()).toEqual([`${String(JobId)}-3.zip`]);
  });

  it('keeps nothing of a run that another has begun after', async () => {
    const { run, status, files, JobId, customer } = await newExport();
    await run([
      part(async function* () {
        yield '{}';
        await market.database.inTenant(customer.tenant, (tx) => beginRun(tx, customer.tenant, BigInt(String(JobId))));
      }),
    ]);
    expect([await status(), files()]).toEqual(['MAKING', []]);
  });

  it('holds a few rows in memory, however many there are', async () => {
    const { run, JobId, customer } = await newExport();
    const rows = 200_000;
    let most = 0;
    const start = process.memoryUsage().heapUsed;
    await run([
      part(async function* () {
        for (let row = 0; row < rows; row += 1) {
          if (row % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - start);
          yield JSON.stringify({ row, text: 'x'.repeat(500) });
          if (row % 1_000 === 0) await Promise.resolve();
        }
      }),
    ]);
    const [job] = await jobsOf(customer);
    expect(job).toMatchObject({ JobId, Status: 'DONE', Files: [{ Rows: rows }] });
    // A hundred megabytes of rows.
    expect(most).toBeLessThan(80 * 1024 * 1024);
  });
});
