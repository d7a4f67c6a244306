import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdvisoryReadError,
  AdvisoryRefused,
  openAdvisoryFile,
  parseOsvRecord,
  toOsvValue,
  writeAdvisoryFile,
} from '../../src/advisories/index.ts';
import { splitRecords } from '../../src/advisories/split-records.ts';
import { isDeepStrictEqual } from 'node:util';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';
import { scratchFolder } from '../scratch-folder.ts';

const record = {
  schema_version: '1.7.5',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-01-01T00:00:00.5Z',
  published: '2025-01-01T00:00:00+02:00',
  aliases: ['CVE-2026-0001'],
  upstream: ['CVE-2026-0002'],
  summary: 'A flaw',
  details: 'Of a kind.\n',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'Six' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.16.1' }] }],
      versions: ['1.0', '1.16.0'],
      database_specific: { severity: 'HIGH' },
    },
  ],
  references: [{ type: 'WEB', url: 'https://example.org/a' }],
};
const text = JSON.stringify(record);
const words = [
  '{"introduced":"0"}',
  '"fixed":',
  '"affected":[',
  'null',
  '"withdrawn":"2026-01-01T00:00:00Z"',
  '"type":"GIT"',
  '\\ud800',
  '\\u0000',
  '"__proto__":',
  '1e400',
  '}{',
  '},{',
];

/** What is taken can be handed on, and is the same when it is read again. */
export const osvRecord: FuzzTarget = {
  seeds: [
    Buffer.from(text),
    Buffer.from(JSON.stringify({ id: 'X-1', modified: '2026-01-01T00:00:00Z', affected: null })),
  ],
  words,
  read(input) {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(input).toString('utf8'));
    } catch {
      return { word: 'no JSON' };
    }
    try {
      const told = parseOsvRecord(value);
      promise(isDeepStrictEqual(parseOsvRecord(toOsvValue(told)), told), 'another record when it is handed on');
      return { word: 'read', told };
    } catch (error) {
      if (!(error instanceof AdvisoryRefused)) throw error;
      return { word: 'refused', told: error.message };
    }
  },
};

const forms = [
  ['a.json', `[\n${text},\n${text}]`],
  ['a.ndjson', `${text}\n${text}\n`],
  ['a.json', text],
] as const;

/** Records one after the other, in chunks as they come. */
export const osvList: FuzzTarget = {
  seeds: forms.map(([, content]) => Buffer.from(content)),
  words: ['\n', '[', ']', '},{', '\\"', '"', ...words],
  read: split,
};

async function split(input: Uint8Array): Promise<Outcome> {
  const told: string[] = [];
  const chunks = (async function* () {
    for (let at = 0; at < input.length; at += 700) yield input.subarray(at, at + 700);
  })();
  try {
    for await (const texts of splitRecords({ where: 'a', name: 'a.json', chunks }, 100_000)) told.push(...texts);
    promise(told.reduce((sum, one) => sum + Buffer.byteLength(one), 0) <= 3 * input.length, 'more text than there was');
    return { word: told.length > 1 ? 'several' : 'one', told };
  } catch (error) {
    if (!(error instanceof AdvisoryReadError)) throw error;
    return { word: error.code, told: error.message };
  }
}

const folder = scratchFolder('store');
const path = join(folder, 'advisories');
await writeAdvisoryFile(path, [
  parseOsvRecord(record),
  parseOsvRecord({ ...record, id: 'X-2', affected: [{ package: { ecosystem: 'npm', name: 'a' }, versions: ['1'] }] }),
]);

/** The file that keeps advisories, when something has written into it. */
export const advisoryFile: FuzzTarget = {
  seeds: [readFileSync(path)],
  words: ['{"key":"', '"records":[', '"head":[', 'WHFADV\r\n'],
  async read(input) {
    writeFileSync(path, input);
    try {
      const file = openAdvisoryFile(path);
      try {
        const told = await file.find([
          { ecosystem: 'PyPI', name: 'six' },
          { ecosystem: 'npm', name: 'a' },
        ]);
        return { word: told.length > 0 ? 'found' : 'nothing', told };
      } finally {
        file.close();
      }
    } catch (error) {
      if (!(error instanceof AdvisoryReadError)) throw error;
      return { word: error.code };
    }
  },
};
