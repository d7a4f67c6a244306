import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionCaller, errorCode } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { createAccount } from '../accounts/index.ts';
import { actions } from '../api/actions.ts';
import { invokeAction } from '../api/invoke-action.ts';
import { setTestClock } from '../platform/clock/index.ts';
import { builtInCatalog } from './built-in.ts';
import type { CatalogDocument } from './catalog.ts';
import { promotion } from './fixtures/promotion.ts';
import { currentCatalog, readCatalog } from './store.ts';

const now = '2026-03-01T00:00:00Z';
const { version: _, ...document } = builtInCatalog;

/** The built-in document with another price of a core. */
function priced(unitPriceMicro: number, changes: Partial<CatalogDocument> = {}): CatalogDocument {
  return { ...document, professional: { ...document.professional, unitPriceMicro }, ...changes };
}

describe('the catalogue', () => {
  let platform: TestPlatform;
  beforeEach(async () => {
    platform = await testPlatform({ testClock: now });
    return () => platform.close();
  });

  const operator = (name: string, request: Record<string, unknown>) => {
    const action = actions.find((one) => one.name === name);
    if (!action) throw new Error(`there is no action ${name}`);
    return invokeAction(platform, action, { kind: 'operator', key: 'socket' }, request, 'test');
  };
  const publish = (catalog: unknown, more: Record<string, unknown> = {}) =>
    operator('PublishCatalog', { Catalog: catalog, ...more });
  const at = (instant: string) =>
    platform.database.inSystem('test', (tx) => currentCatalog(tx, Temporal.Instant.from(instant)));

  it('is the built-in one until another is published', async () => {
    expect(await at(now)).toEqual(builtInCatalog);
    const shown = await operator('DescribeCatalog', {});
    expect(shown).toEqual({
      Version: 0,
      Catalog: document,
      Versions: [{ Version: 0, EffectiveTime: '', PublishedTime: '', Note: 'built in' }],
    });
  });

  it('changes at the second from which a version takes effect, and every version stays readable', async () => {
    const told = await publish(priced(25_000_000), { EffectiveTime: '2026-04-01T00:00:00+08:00', Note: 'spring' });
    expect(told).toEqual({
      Version: 1,
      Replaces: 0,
      EffectiveTime: '2026-03-31T16:00:00Z',
      Changes: [{ Path: 'professional.unitPriceMicro', Before: '30000000', After: '25000000' }],
    });
    expect(await at('2026-03-31T15:59:59Z')).toEqual(builtInCatalog);
    expect(await at('2026-03-31T16:00:00Z')).toEqual({ version: 1n, ...priced(25_000_000) });
    const tenant = 111_111_111_111n;
    const read = await platform.database.inTenant(tenant, (tx) => readCatalog(tx, 1n));
    expect(read?.professional.unitPriceMicro).toBe(25_000_000);
    expect(await operator('DescribeCatalog', { Version: 1 })).toMatchObject({
      Catalog: priced(25_000_000),
      Versions: [
        { Version: 1, EffectiveTime: '2026-03-31T16:00:00Z', PublishedTime: now, Note: 'spring' },
        { Version: 0 },
      ],
    });
    expect(await operator('DescribeCatalog', { At: '2026-05-01T00:00:00Z' })).toMatchObject({ Version: 1 });
  });

  it('is the one of the latest date that has come; of several with one date the one published last', async () => {
    await publish(priced(1), { EffectiveTime: '2026-06-01T00:00:00Z' });
    await publish(priced(2), { EffectiveTime: '2026-04-01T00:00:00Z' });
    await publish(priced(3), { EffectiveTime: '2026-06-01T00:00:00Z' });
    const versions = await Promise.all(
      [now, '2026-04-01T00:00:00Z', '2026-05-31T23:59:59Z', '2026-06-01T00:00:00Z'].map(at),
    );
    expect(versions.map(({ version }) => version)).toEqual([0n, 2n, 2n, 3n]);
  });

  it('tells of a dry run what would change, and keeps nothing', async () => {
    const offer = promotion({ id: 7, percentOff: 15, until: '2026-05-01T00:00:00Z' });
    const told = await publish(priced(30_000_000, { promotions: [offer], features: { beta: true } }), { DryRun: true });
    expect(told).toMatchObject({ Version: 0, Replaces: 0, EffectiveTime: now });
    expect(told['Changes']).toEqual([
      { Path: 'features.beta', Before: '', After: 'true' },
      { Path: 'promotions', Before: '', After: '[7]' },
      ...['actions', 'id', 'name', 'percentOff', 'products', 'stacks', 'until'].map((field) => ({
        Path: `promotions.7.${field}`,
        Before: '',
        After: JSON.stringify(offer[field as keyof typeof offer]),
      })),
    ]);
    expect(await at(now)).toEqual(builtInCatalog);
  });

  it('tells what a new version takes away', async () => {
    await publish(priced(30_000_000, { promotions: [promotion({ id: 7 }), promotion({ id: 8 })] }));
    const told = await publish(priced(30_000_000, { promotions: [promotion({ id: 8, percentOff: 5 })] }));
    const changes = told['Changes'] as { Path: string; Before: string; After: string }[];
    expect(changes).toContainEqual({ Path: 'promotions', Before: '[7,8]', After: '[8]' });
    expect(changes).toContainEqual({ Path: 'promotions.7.percentOff', Before: '20', After: '' });
    expect(changes).toContainEqual({ Path: 'promotions.8.percentOff', Before: '20', After: '5' });
    expect(changes.some(({ Path }) => Path === 'promotions.8.name')).toBe(false);
  });

  it.each<[string, unknown, Record<string, unknown>, string]>([
    ['in the past', priced(1), { EffectiveTime: '2026-02-28T23:59:59Z' }, 'InvalidParameterValue.EffectiveTime'],
    ['at a time that is none', priced(1), { EffectiveTime: 'soon' }, 'InvalidParameterValue'],
    ['that changes nothing', document, {}, 'FailedOperation.CatalogUnchanged'],
    ['made from a version that is not in force', priced(1), { BaseVersion: 1 }, 'FailedOperation.CatalogChanged'],
    ['made from the one in force', priced(1), { BaseVersion: 0 }, 'OK'],
    ['that takes effect at once', priced(1), { EffectiveTime: now }, 'OK'],
    ['without a part', { ...document, life: undefined }, {}, 'MissingParameter'],
    ['with an unknown part', { ...document, colour: 'red' }, {}, 'UnknownParameter'],
    ['with a float', priced(0.5), {}, 'InvalidParameter'],
    ['with a negative price', priced(-1), {}, 'InvalidParameterValue.DataRange'],
    ['with a huge price', priced(1e15), {}, 'InvalidParameterValue.DataRange'],
    [
      'with a text for a number',
      { ...document, elasticCores: { ...document.elasticCores, minimumCap: '5000' } },
      {},
      'InvalidParameter',
    ],
    [
      'with two promotions of one id',
      priced(1, { promotions: [promotion(), promotion()] }),
      {},
      'InvalidParameterValue',
    ],
    [
      'with a name that no column takes',
      priced(1, { tax: { name: 'a\u0000b', percent: 6 } }),
      {},
      'InvalidParameterValue',
    ],
    ['with a note of two lines', priced(1), { Note: 'a\nb' }, 'InvalidParameterValue'],
  ])('publishing one %s', async (_name, catalog, more, code) => {
    expect(await errorCode(publish(catalog, more))).toBe(code);
    expect((await at('2026-03-01T00:00:01Z')).version).toBe(code === 'OK' ? 1n : 0n);
  });

  it.each([
    [{ Version: 1 }, 'ResourceNotFound'],
    [{ Version: 0, At: now }, 'InvalidParameter'],
    [{ Version: -1 }, 'InvalidParameterValue.DataRange'],
  ])('asking for %j answers %s', async (request, code) => {
    expect(await errorCode(operator('DescribeCatalog', request))).toBe(code);
  });

  it('takes two publications at once one after the other', async () => {
    const codes = await Promise.all([1, 2, 3, 4].map((price) => errorCode(publish(priced(price), { BaseVersion: 0 }))));
    expect(codes.toSorted()).toEqual([
      'FailedOperation.CatalogChanged',
      'FailedOperation.CatalogChanged',
      'FailedOperation.CatalogChanged',
      'OK',
    ]);
    const all = await Promise.all([5, 6, 7].map((price) => publish(priced(price))));
    expect(new Set(all.map((one) => one['Version']))).toEqual(new Set([2, 3, 4]));
  });

  it('cannot be rewritten by anyone', async () => {
    await publish(priced(1));
    for (const [role, statement, refusal] of [
      ['owner', "update catalog_versions set note = 'x'", /cannot be changed/],
      ['owner', 'delete from catalog_versions', /cannot be changed/],
      ['owner', 'truncate catalog_versions', /cannot be changed/],
      ['system', "update catalog_versions set note = 'x'", /permission denied/],
      ['app', "insert into catalog_versions values (9, now(), now(), '', '{}')", /permission denied/],
    ] as const) {
      const client = new pg.Client(platform.urls[role]);
      await client.connect();
      await expect(client.query(statement)).rejects.toThrow(refusal);
      await client.end();
    }
  });
});

describe('what accounts see of the catalogue', () => {
  let platform: TestPlatform;
  let call: ReturnType<typeof actionCaller>;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: now });
    const tenant = await platform.database.inSystem('test', async (tx) => {
      const { uin } = await createAccount(tx, { email: 'a@example.com', verified: false }, Temporal.Instant.from(now));
      return uin;
    });
    call = actionCaller(platform, tenant);
    const publishCatalog = actions.find(({ name }) => name === 'PublishCatalog');
    if (!publishCatalog) throw new Error('there is no action PublishCatalog');
    const promotions = [
      promotion({ id: 7, percentOff: 15, minimumMonths: 12, maximumQuantity: 500, until: '2026-04-01T00:00:00Z' }),
      promotion({ id: 8, products: ['log-analysis'], percentOff: 30, maximumQuantity: 100 }),
    ];
    const catalog = { ...document, promotions, features: { 'new-console': true, beta: false } };
    await invokeAction(platform, publishCatalog, { kind: 'operator', key: 'socket' }, { Catalog: catalog }, 'test');
  });
  afterAll(() => platform.close());

  it.each([
    [7, [{ MonthNum: 12, CoresCountLimit: 500, ProfessionalDiscount: 85, ImageAuthorizationNum: 0 }]],
    [8, [{ MonthNum: 1, CoresCountLimit: 0, ProfessionalDiscount: 100, ImageAuthorizationNum: 0 }]],
    [9, []],
    [0, []],
  ])('the promotion %i is %j', async (ActiveID, List) => {
    expect(await call('DescribePromotionActivity', { ActiveID })).toEqual({ List });
  });

  it.each([
    [{}, 'MissingParameter'],
    [{ ActiveID: -1 }, 'InvalidParameterValue.DataRange'],
    [{ ActiveID: 1.5 }, 'InvalidParameter'],
  ])('the promotion asked for by %j is answered %s', async (request, code) => {
    expect(await errorCode(call('DescribePromotionActivity', request))).toBe(code);
  });

  it.each<[Record<string, unknown>, [string, boolean][]]>([
    [
      {},
      [
        ['new-console', true],
        ['beta', false],
      ],
    ],
    [{ ProjectName: 'beta' }, [['beta', false]]],
    [{ ProjectName: 'other' }, []],
    [{ ProjectName: '__proto__' }, []],
  ])('the flags asked for by %j', async (request, flags) => {
    const { Config } = await call('DescribeABTestConfig', request);
    const found = (Config as { ProjectName: string; Status: boolean }[]).map(
      (one) => [one.ProjectName, one.Status] as const,
    );
    expect(new Map(found)).toEqual(new Map(flags));
    expect(found).toHaveLength(flags.length);
  });

  it('a promotion is over at the second where its window ends', async () => {
    await platform.database.inSystem('test', (tx) => setTestClock(tx, Temporal.Instant.from('2026-04-01T00:00:00Z')));
    expect(await call('DescribePromotionActivity', { ActiveID: 7 })).toEqual({ List: [] });
  });
});
