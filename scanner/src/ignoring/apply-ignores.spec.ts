import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScanReport } from '../model.ts';
import { cleanReport, finding, module, openssl, sampleReport, scoped } from '../output/fixtures/sample-report.ts';
import { applyIgnores, hasExpired } from './apply-ignores.ts';
import type { IgnoreEntry } from './ignore-file.ts';

const today = Temporal.PlainDate.from('2026-11-25');
const report: ScanReport = { ...sampleReport, ignored: [] };

function ignoredBy(entry: Partial<IgnoreEntry>, of = report): string[] {
  const { ignored } = applyIgnores(of, { entries: [{ reason: 'known', ...entry }], unfixed: false, today });
  return ignored.map(({ scanner, finding: one }) => `${scanner} ${'rule' in one ? one.rule : one.id}`);
}

describe('an entry', () => {
  it.each<[Partial<IgnoreEntry>, string[]]>([
    [{ id: 'CVE-2021-3711' }, ['vulnerabilities CVE-2021-3711']],
    [{ id: 'DSA-4963-1' }, ['vulnerabilities CVE-2021-3711']],
    [{ package: 'openssl' }, ['vulnerabilities CVE-2021-3711']],
    [{ package: 'libssl1.1' }, ['vulnerabilities CVE-2021-3711']],
    [{ package: 'lodash' }, ['vulnerabilities CVE-2019-10744', 'vulnerabilities CVE-2019-10744']],
    [{ package: 'lodash', path: 'srv/old/**' }, ['vulnerabilities CVE-2019-10744']],
    [{ package: 'lodash', id: 'CVE-2021-3711' }, []],
    [{ id: 'github-token' }, ['secrets github-token']],
    [{ id: 'github-token', package: 'openssl' }, []],
    [{ id: 'eicar_test_file', path: '**/*.com' }, ['malware eicar_test_file']],
    [{ id: 'root-user' }, ['misconfiguration root-user']],
    [{ id: 'CVE-2021' }, []],
    [{ path: 'env:*' }, ['secrets aws-access-key']],
    [{ path: 'srv/.env' }, ['secrets github-token']],
  ])('%j names %j', (entry, ignored) => {
    expect(ignoredBy(entry)).toEqual(ignored);
  });

  it('counts on its last day and no longer', () => {
    const entry = { id: 'root-user', reason: 'known', expires: today };
    expect(ignoredBy(entry)).toEqual(['misconfiguration root-user']);
    expect(ignoredBy({ ...entry, expires: today.subtract({ days: 1 }) })).toEqual([]);
    expect([today, today.subtract({ days: 1 })].map((expires) => hasExpired({ ...entry, expires }, today))).toEqual([
      false,
      true,
    ]);
  });

  it('takes the places out of a misconfiguration that it names', () => {
    const [root] = sampleReport.misconfigurations;
    if (root === undefined) throw new Error('the sample has no misconfiguration');
    const evidence = ['usr/bin/a', 'usr/bin/b', 'opt/c/'].map((place) => ({ place }));
    const setuid = { ...root, id: 'setuid-files', evidence, moreEvidence: 0 };
    const apply = (path: string, moreEvidence = 0) => {
      const of = { ...report, misconfigurations: [{ ...setuid, moreEvidence }] };
      const entries = [{ id: 'setuid-files', path, reason: 'known' }];
      const { misconfigurations, ignored } = applyIgnores(of, { entries, unfixed: false, today });
      const places = (one: unknown) => (one as typeof setuid).evidence.map(({ place }) => place);
      return [misconfigurations.map(places), ignored.map(({ finding: one }) => places(one))];
    };
    expect(apply('usr/bin/*')).toEqual([[['opt/c/']], [['usr/bin/a', 'usr/bin/b']]]);
    expect(apply('opt/c')).toEqual([[['usr/bin/a', 'usr/bin/b']], [['opt/c/']]]);
    expect(apply('**')).toEqual([[], [['usr/bin/a', 'usr/bin/b', 'opt/c/']]]);
    expect(apply('**', 1)).toEqual([[[]], [['usr/bin/a', 'usr/bin/b', 'opt/c/']]]);
    expect(apply('etc/**')).toEqual([[['usr/bin/a', 'usr/bin/b', 'opt/c/']], []]);
  });

  it('is told with the finding', () => {
    const entries = [
      { id: 'root-user', reason: 'first', expires: today },
      { id: 'root-user', reason: 'second' },
    ];
    const { ignored } = applyIgnores(report, { entries, unfixed: false, today });
    expect(ignored).toEqual([
      {
        scanner: 'misconfiguration',
        by: 'ignore-file',
        reason: 'first',
        expires: '2026-11-25',
        finding: sampleReport.misconfigurations[0],
      },
    ]);
  });
});

it('leaves out what no version mends when asked to, but nothing malicious', () => {
  const vulnerabilities = [
    finding(openssl, { id: 'A', fixedVersions: ['2'] }),
    finding(openssl, { id: 'B' }),
    finding(module, { id: 'C', willNotFix: true }),
    finding(scoped, { id: 'D', malicious: true }),
  ];
  const of = { ...cleanReport, vulnerabilities };
  const { vulnerabilities: kept, ignored } = applyIgnores(of, { entries: [], unfixed: true, today });
  expect(kept.map(({ id }) => id)).toEqual(['A', 'D']);
  expect(ignored.map(({ by, reason }) => [by, reason])).toEqual([
    ['ignore-unfixed', 'no version is known that mends it'],
    ['ignore-unfixed', 'its publisher will not mend it'],
  ]);
  expect(applyIgnores(of, { entries: [], unfixed: false, today })).toEqual(of);
});

it('loses no finding and invents none', () => {
  const text = (...words: string[]) => fc.option(fc.constantFrom(...words), { nil: undefined });
  const entry = fc
    .record({
      id: text('CVE-2021-3711', 'github-token', 'root-user', 'eicar_test_file', 'nothing'),
      package: text('lodash', 'openssl'),
      path: text('srv/**', '**', 'env:*', 'config:*'),
    })
    .map((fields) => ({
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
      reason: 'known',
    }));
  const all = (of: ScanReport) =>
    [of.vulnerabilities, of.secrets, of.malware, of.misconfigurations, of.ignored.map(({ finding: one }) => one)]
      .flat()
      .map((one) => JSON.stringify(one))
      .toSorted();
  fc.assert(
    fc.property(fc.array(entry), fc.boolean(), (entries, unfixed) => {
      expect(all(applyIgnores(report, { entries, unfixed, today }))).toEqual(all(report));
    }),
  );
});
