import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderCycloneDx } from './cyclonedx/index.ts';
import { sampleReport } from './fixtures/sample-report.ts';

const docs = readFileSync(new URL('../../../docs/report-format.md', import.meta.url), 'utf8');

/** Fields in the table of one section. */
function documented(section: string): string[] {
  const [, text = ''] = new RegExp(`^## ${section}\\n([^#]*)`, 'm').exec(docs) ?? [];
  return [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name = '']) => name).toSorted();
}

function fields(value: unknown): string[] {
  const objects = (Array.isArray(value) ? value : [value]) as object[];
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].toSorted();
}

describe('docs/report-format.md', () => {
  it.each([
    ['report', sampleReport],
    ['scanner', sampleReport.scanner],
    ['image', sampleReport.image],
    ['operatingSystem', sampleReport.operatingSystem],
    ['reasons', sampleReport.reasons],
    ['packages', sampleReport.packages],
    [
      'vulnerabilities',
      [
        ...sampleReport.vulnerabilities,
        ...sampleReport.ignored.flatMap((one) => (one.scanner === 'vulnerabilities' ? one.finding : [])),
      ],
    ],
    ['secrets', sampleReport.secrets],
    ['malware', sampleReport.malware],
    ['misconfigurations', sampleReport.misconfigurations],
    ['ignored', sampleReport.ignored],
    ['advisories', sampleReport.advisories],
  ])('names the fields of %s, all of them and no other', (section, value) => {
    expect(documented(section)).toEqual(fields(value));
  });

  it('names every property of the CycloneDX document', () => {
    const written = new Set(
      renderCycloneDx(sampleReport, { now: Temporal.Instant.from('2026-11-25T00:00:00Z'), serialNumber: '0' }).match(
        /wharfinger:\w+/g,
      ),
    );
    const told = new Set(docs.match(/wharfinger:\w+/g));
    expect([...told].toSorted()).toEqual([...written].toSorted());
  });
});
