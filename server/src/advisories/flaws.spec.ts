import type { Enrichment } from '@wharfinger/scanner';
import { beforeEach, describe, expect, it } from 'vitest';
import { errorCode, operatorCaller } from '../../../tests/support/call-action.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { findFlaws, keepFlaws } from './flaw-store.ts';
import { advisoryGeneration, databaseAdvisories } from './index.ts';
import { listSources } from './store.ts';

const now = Temporal.Instant.from('2026-03-01T00:00:00Z');
const later = Temporal.Instant.from('2026-03-02T00:00:00Z');
const cve = 'CVE-2026-1000';

describe('what is known of flaws', () => {
  let platform: TestPlatform;
  beforeEach(async () => {
    platform = await testPlatform({ testClock: now.toString() });
    return () => platform.close();
  });

  const keep = (flaws: Enrichment[], source = 'feed', at = now) =>
    platform.database.inSystem('test', (tx) => keepFlaws(tx, flaws, source, at));
  const find = (...cves: string[]) => platform.database.inSystem('test', (tx) => findFlaws(tx, cves));
  const generation = () => platform.database.inSystem('test', advisoryGeneration);

  it('is kept, changes nothing the second time, and grows the generation by the first only', async () => {
    const told: Enrichment[] = [
      { cve, exploited: { since: '2026-02-03' }, epss: { score: 0.1, percentile: 0.5 }, cvss: ['CVSS:3.1/AV:N'] },
      { cve: 'CVE-2026-1002', exploited: { since: '' } },
    ];
    expect(await keep(told)).toEqual({ added: 2, updated: 0, unchanged: 0 });
    expect(await generation()).toBe(1n);
    expect(await keep(told, 'feed', later)).toEqual({ added: 0, updated: 0, unchanged: 2 });
    expect(await generation()).toBe(1n);
    expect(await find(cve, 'CVE-2026-1002', 'CVE-2026-1003')).toEqual(told);
    expect(await databaseAdvisories(platform.database).enrich?.([cve])).toEqual(told.slice(0, 1));
    expect(await platform.database.inSystem('test', listSources)).toMatchObject([
      { source: 'feed', records: 0, flaws: 2, importedAt: later },
    ]);
  });

  it.each<[string, Partial<Enrichment>, Partial<Enrichment>, Partial<Enrichment>]>([
    [
      'a new score',
      { epss: { score: 0.1, percentile: 0.5 } },
      { epss: { score: 0.2, percentile: 0.5 } },
      { epss: { score: 0.2, percentile: 0.5 } },
    ],
    [
      'a new place among all',
      { epss: { score: 0.1, percentile: 0.5 } },
      { epss: { score: 0.1, percentile: 0.6 } },
      { epss: { score: 0.1, percentile: 0.6 } },
    ],
    ['its first use in attacks', {}, { exploited: { since: '' } }, { exploited: { since: '' } }],
    [
      'since when',
      { exploited: { since: '' } },
      { exploited: { since: '2026-02-03' } },
      { exploited: { since: '2026-02-03' } },
    ],
    ['a proof of concept', {}, { proofOfConcept: true }, { proofOfConcept: true }],
    ['other vectors', { cvss: ['CVSS:3.1/AV:N'] }, { cvss: ['CVSS:3.1/AV:L'] }, { cvss: ['CVSS:3.1/AV:L'] }],
    [
      'something beside what was known',
      { exploited: { since: '2026-02-03' } },
      { epss: { score: 0, percentile: 0 } },
      { exploited: { since: '2026-02-03' }, epss: { score: 0, percentile: 0 } },
    ],
  ])('takes %s', async (_what, before, told, after) => {
    await keep([{ cve, ...before }]);
    expect(await keep([{ cve, ...told }])).toEqual({ added: 0, updated: 1, unchanged: 0 });
    expect(await find(cve)).toEqual([{ cve, ...after }]);
    expect(await generation()).toBe(2n);
  });

  it.each<[string, Enrichment]>([
    ['that it is used, without a day', { cve, exploited: { since: '' } }],
    ['nothing', { cve }],
  ])('is not made less by a source that tells %s', async (_what, less) => {
    const told: Enrichment = {
      cve,
      exploited: { since: '2026-02-03' },
      proofOfConcept: true,
      epss: { score: 0.1, percentile: 0.5 },
    };
    await keep([told]);
    expect(await keep([less])).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect(await find(cve)).toEqual([told]);
  });

  it('is kept for each source, the newest first', async () => {
    await keep([{ cve, epss: { score: 0.1, percentile: 0.5 } }], 'a', now);
    await keep([{ cve, epss: { score: 0.2, percentile: 0.5 } }], 'b', later);
    expect((await find(cve)).map(({ epss }) => epss?.score)).toEqual([0.2, 0.1]);
  });

  it('lets two imports of the same flaws run at once', async () => {
    const flaws = Array.from({ length: 300 }, (_, index) => ({
      cve: `CVE-2026-${index}000`,
      exploited: { since: '' },
    }));
    const [one, two] = await Promise.all([keep(flaws), keep(flaws.toReversed())]);
    expect(one.added + two.added).toBe(300);
  });

  describe('as the operator sends it', () => {
    const send = (request: Record<string, unknown>) =>
      operatorCaller(platform)('ImportAdvisories', { Source: 'feed', ...request });

    it('is taken as published, and field by field', async () => {
      const kev = { catalogVersion: '1', vulnerabilities: [{ cveID: cve, dateAdded: '2026-02-03' }] };
      const judgement = { cve: 'CVE-2026-1002', kev: true, cvss31: { vector: 'CVSS:3.1/AV:N' } };
      const flaw = {
        Cve: 'CVE-2026-1003',
        Epss: { Score: 0.5, Percentile: 1 },
        Cvss: [],
        Exploited: { Since: '' },
        ProofOfConcept: true,
      };
      expect(await send({ Records: [kev, judgement, { no: 'record' }], Flaws: [flaw] })).toMatchObject({
        Added: 0,
        Flaws: { Added: 3, Updated: 0, Unchanged: 0 },
        Refused: [{ Index: 2 }],
      });
      expect(await find('CVE-2026-1002')).toEqual([
        { cve: 'CVE-2026-1002', exploited: { since: '' }, cvss: ['CVSS:3.1/AV:N'] },
      ]);
      expect(await find('CVE-2026-1003')).toMatchObject([{ proofOfConcept: true, epss: { percentile: 1 }, cvss: [] }]);
      expect(await operatorCaller(platform)('DescribeAdvisorySources', {})).toMatchObject({
        List: [{ Source: 'feed', Records: 0, Flaws: 3 }],
      });
    });

    it.each([
      ['what is no CVE', { Cve: 'GHSA-1' }],
      ['a day that is none', { Cve: cve, Exploited: { Since: 'yesterday' } }],
      ['a score above 1', { Cve: cve, Epss: { Score: 1.1, Percentile: 0 } }],
      ['half a score', { Cve: cve, Epss: { Score: 1 } }],
    ])('is refused where it holds %s', async (_what, flaw) => {
      expect(await errorCode(send({ Flaws: [flaw] }))).toMatch(/^(?:InvalidParameter|MissingParameter)/);
    });
  });
});
