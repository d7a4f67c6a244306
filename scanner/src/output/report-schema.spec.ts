import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanImage,
  dockerArchive,
  oldAlpineImage,
  oldGoImage,
  oldNodeImage,
  plantedImage,
} from '../../../tests/support/images/index.ts';
import { memoryAdvisories, starterAdvisories } from '../advisories/index.ts';
import { scanOf } from './fixtures/scan-of.ts';
import { hostileReport } from './fixtures/hostile-report.ts';
import { cleanReport, sampleReport } from './fixtures/sample-report.ts';
import { renderJson } from './json.ts';
import { reportJsonSchema, type SchemaMatchesModel } from './report-schema.ts';

describe('the schema of the report', () => {
  it('says the same as the model', () => {
    const matches: SchemaMatchesModel = true;
    expect(matches).toBe(true);
    expect(reportJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
    });
  });

  it('takes reports, also with fields that a later version adds', () => {
    const check = new Ajv2020({ strict: false, allErrors: true }).compile(reportJsonSchema());
    expect([check(sampleReport), check.errors]).toEqual([true, null]);
    expect(check({ ...cleanReport, later: 1 })).toBe(true);
  });

  it('names every field of real reports', async () => {
    const check = strictly();
    const advisories = memoryAdvisories(starterAdvisories());
    for (const image of [oldAlpineImage(), oldGoImage(), oldNodeImage(), plantedImage(), cleanImage()]) {
      const report = await scanOf(dockerArchive(image), advisories);
      expect([
        report.packages.length + report.secrets.length > 0,
        check(JSON.parse(renderJson(report))),
        check.errors,
      ]).toEqual([true, true, null]);
    }
    expect([check(sampleReport), check.errors]).toEqual([true, null]);
  });

  it('takes a report whatever an image names its things', () => {
    const check = strictly();
    fc.assert(
      fc.property(hostileReport, (report) => {
        expect([check(JSON.parse(renderJson(report))), check.errors]).toEqual([true, null]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [{ schemaVersion: 2 }],
    [{ status: 'done' }],
    [{ packages: [{ ...sampleReport.packages[0], kind: 'deb822' }] }],
    [{ vulnerabilities: [{ ...sampleReport.vulnerabilities[0], severity: 'bad' }] }],
    [{ ignored: [{ ...sampleReport.ignored[0], scanner: 'secrets' }] }],
    [{ advisories: { records: -1, newest: '' } }],
    [{ secrets: undefined }],
  ])('refuses %j', (changes) => {
    expect(strictly()(JSON.parse(JSON.stringify({ ...sampleReport, ...changes })))).toBe(false);
  });
});

/** With no field allowed that is not named. */
function strictly() {
  const closed = JSON.parse(JSON.stringify(reportJsonSchema()), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'object'
      ? { ...value, additionalProperties: false }
      : value,
  ) as object;
  return new Ajv2020({ strict: false, allErrors: true }).compile(closed);
}
