import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type RunningService } from './support/running-service.ts';

describe('an operator publishes a catalogue', () => {
  let service: RunningService;
  const folder = mkdtempSync(join(tmpdir(), 'wharfinger-catalogue-'));
  const file = join(folder, 'catalogue.json');
  beforeAll(async () => {
    service = await startService({ WHARFINGER_TEST_CLOCK: '2026-03-01T00:00:00+08:00' });
  });
  afterAll(async () => {
    await service?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const version = (...args: string[]) => (service.command('catalog', 'show', ...args) as { version: number }).version;
  const price = (file: string, unitPriceMicro: unknown) =>
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/("professional":\{"unitPriceMicro":)[^,]+/, `$1${String(unitPriceMicro)}`),
    );

  it('takes the one in force as a file, changes a price, and hears beforehand what that does', () => {
    const shown = service.command('catalog', 'show');
    expect(shown).toMatchObject({ version: 0, catalog: { professional: { unitPriceMicro: 30_000_000 } } });
    writeFileSync(file, JSON.stringify(shown));
    expect(() => service.command('catalog', 'publish', file)).toThrow(
      'status 2: wharfinger catalog: version 0 says all',
    );
    price(file, 25_000_000);
    const changes = [{ path: 'professional.unitPriceMicro', before: '30000000', after: '25000000' }];
    const at = ['--at', '2026-04-01T00:00:00+08:00'];
    expect(service.command('catalog', 'publish', file, ...at, '--dry-run')).toEqual({
      version: 0,
      replaces: 0,
      effective: '2026-03-31T16:00:00Z',
      dryRun: true,
      changes,
    });
    expect(version(...at)).toBe(0);
    expect(service.command('catalog', 'publish', file, ...at, '--note', 'April')).toMatchObject({
      version: 1,
      changes,
    });
  });

  it('has it in force from that second on, also after a restart, and cannot publish from what is no longer in force', async () => {
    expect(version()).toBe(0);
    service.command('clock', 'advance', '--to', '2026-03-31T15:59:59Z');
    expect(version()).toBe(0);
    service.command('clock', 'advance', '--by', 'PT1S');
    await service.stop();
    await service.start();
    expect(version()).toBe(1);
    expect(version('--version', '0')).toBe(0);
    price(file, 20_000_000);
    expect(() => service.command('catalog', 'publish', file)).toThrow('version 1 is in force at that time, not 0');
  });

  it.each([
    ['a float', '0.5', 'Catalog.professional.unitPriceMicro'],
    ['a negative price', '-1', 'Catalog.professional.unitPriceMicro'],
    ['a text', '"cheap"', 'Catalog.professional.unitPriceMicro'],
    ['something that is no JSON', 'cheap', 'catalogue.json: '],
  ])('is told in one line what is wrong with %s', (_name, value, where) => {
    price(file, value);
    expect(() => service.command('catalog', 'publish', file)).toThrow(where);
  });
});
