import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../tests/support/requirements.ts';
import { type Enrichment, indexEnrichment, joinEnrichment, readEnrichment, readEpssLine } from './enrichment.ts';
import { readAdvisories } from './read-advisories.ts';

const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';

describe('what is known of flaws', () => {
  it.each<[unknown, Enrichment[] | undefined]>([
    [
      {
        catalogVersion: '2026.01.01',
        vulnerabilities: [
          { cveID: 'CVE-2021-44228', dateAdded: '2021-12-10', product: 'Log4j2' },
          { cveID: 'CVE-2021-1', dateAdded: '2021-12-10' },
          { cveID: 'CVE-2021-44229', dateAdded: 'soon' },
          7,
        ],
      },
      [{ cve: 'CVE-2021-44228', exploited: { since: '2021-12-10' } }],
    ],
    [
      { cve: 'CVE-2024-0001', cvss31: { vector, base: 9.8 }, ssvc: { exploitation: 'poc' }, kev: false },
      [{ cve: 'CVE-2024-0001', proofOfConcept: true, cvss: [vector] }],
    ],
    [{ cve: 'CVE-2024-0001', kev: true }, [{ cve: 'CVE-2024-0001', exploited: { since: '' } }]],
    [{ cve: 'CVE-2024-0001', ssvc: { exploitation: 'active' } }, [{ cve: 'CVE-2024-0001', exploited: { since: '' } }]],
    [{ cve: 'CVE-2024-0001', ssvc: { exploitation: 'PoC' } }, [{ cve: 'CVE-2024-0001', proofOfConcept: true }]],
    [{ cve: 'CVE-2024-0001', ssvc: { exploitation: 'Active' } }, [{ cve: 'CVE-2024-0001', exploited: { since: '' } }]],
    [{ cve: 'CVE-2024-0001', ssvc: { exploitation: 'none' } }, [{ cve: 'CVE-2024-0001' }]],
    [{ cve: 'CVE-2024-0001' }, [{ cve: 'CVE-2024-0001' }]],
    [{ cve: 'GHSA-1' }, undefined],
    [{ id: 'GHSA-1', vulnerabilities: [] }, undefined],
    [{ cve: 'CVE-2024-0001', cvss31: 'high' }, undefined],
    [null, undefined],
    [[], undefined],
  ])('%j tells %j', (value, told) => {
    expect(readEnrichment(value)).toEqual(told);
  });

  it.each<[string, Enrichment[] | undefined]>([
    ['CVE-2021-44228,0.97565,0.99999', [{ cve: 'CVE-2021-44228', epss: { score: 0.97565, percentile: 0.99999 } }]],
    ['CVE-2021-44228,1,1\r', [{ cve: 'CVE-2021-44228', epss: { score: 1, percentile: 1 } }]],
    ['#model_version:v2025.03.14,score_date:2026-11-25T00:00:00+0000', []],
    ['cve,epss,percentile', []],
    ['CVE-2021-44228,1.5,0.5', undefined],
    ['CVE-2021-44228,0.5', undefined],
    ['CVE-2021-44228,0.5,0.5,0.5', undefined],
    ['{"id":"X-1"}', undefined],
  ])('the line %j tells %j', (line, told) => {
    expect(readEpssLine(line)).toEqual(told);
  });

  it('is put together by flaw, with the first known day, in whatever order it comes', () => {
    const days = ['', '2021-12-10', '2022-01-01'].map((since) => ({ cve: 'CVE-2021-44228', exploited: { since } }));
    const scored = { cve: 'CVE-2021-44228', epss: { score: 0.5, percentile: 0.9 } };
    const all: Enrichment[] = [...days, scored, { cve: 'CVE-2021-44228', proofOfConcept: true }];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (told) => {
        expect(indexEnrichment(told).get('CVE-2021-44228')).toEqual({
          ...scored,
          exploited: { since: '2021-12-10' },
          proofOfConcept: true,
        });
      }),
    );
    const [unknown = scored] = days;
    expect(joinEnrichment(unknown, scored)).toEqual({ ...scored, exploited: { since: '' } });
  });
});

describeSharedData('what CISA publishes', (data) => {
  it.each([
    ['kev.json.zst', 1404, 'CVE-2025-48384'],
    ['vulnrichment.ndjson.zst', 3991, 'CVE-2006-20001'],
  ])('%s is read whole: %i flaws', async (name, count, first) => {
    const told: Enrichment[] = [];
    const records: unknown[] = [];
    const refused: string[] = [];
    const options = {
      onRefused: ({ reason }: { reason: string }) => refused.push(reason),
      onEnrichment: (one: Enrichment) => told.push(one),
    };
    for await (const record of readAdvisories(join(data, name), options)) records.push(record);
    expect({ records, refused, count: told.length }).toEqual({ records: [], refused: [], count });
    expect(told[0]?.cve).toBe(first);
  });
});
