import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostileReport } from './fixtures/hostile-report.ts';
import { renderJson, safeJson } from './json.ts';

it('is the report as it is, and nothing in it steers a terminal', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = renderJson(report);
      expect(JSON.parse(text)).toEqual(report);
      expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

it.each([
  ['\u009b31m', '"\\u009b31m"\n'],
  ['\u202e', '"\\u202e"\n'],
  ['\u{e0041}', '"\\udb40\\udc41"\n'],
  ['größer 漢', '"größer 漢"\n'],
])('%j is written as %s', (value, text) => {
  expect(safeJson(value)).toBe(text);
});
