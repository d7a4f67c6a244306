/** What users give the scanner beside images: files of others, written by hand or fetched. */
import { readEnrichment, readEpssLine } from '../../src/advisories/enrichment.ts';
import { IgnoreFileError, parseIgnoreFile } from '../../src/ignoring/ignore-file.ts';
import { meetsGlob } from '../../src/ignoring/meets-glob.ts';
import { outlineRules } from '../../src/malware/outline-rules.ts';
import { type FuzzTarget, promise } from '../fuzz-target.ts';

export const ignoreFile: FuzzTarget = {
  seeds: [
    '[[ignore]]\nid = "CVE-2026-0001"\nreason = "not reachable"\nexpires = 2027-01-31\n\n[[ignore]]\npackage = "zlib"\npath = "usr/**/*.so.?"\nreason = "x"\nexpires = "2027-01-31"\n',
  ].map((text) => Buffer.from(text)),
  words: [
    '[[ignore]]\n',
    'id = "x"\n',
    'path = "**/*"\n',
    'expires = 2027-02-30\n',
    '"""',
    '**',
    '[a-',
    '{ length = { toString = "" } }',
  ],
  read(input) {
    try {
      const entries = parseIgnoreFile(Buffer.from(input).toString('utf8'), 'ignore.toml');
      const met = entries.map(({ path }) => path !== undefined && meetsGlob(path, 'usr/lib/a/b/libz.so.1'));
      return {
        word: entries.length > 0 ? 'read' : 'empty',
        told: [entries.map((entry) => JSON.stringify(entry)), met],
      };
    } catch (error) {
      if (!(error instanceof IgnoreFileError)) throw error;
      promise(!error.message.includes('\n'), 'an error of several lines');
      return { word: 'refused', told: error.message };
    }
  },
};

/** CISA's catalogue and judgements as JSON, FIRST's scores as lines. */
export const enrichment: FuzzTarget = {
  seeds: [
    JSON.stringify({
      catalogVersion: '2026.01.01',
      vulnerabilities: [
        { cveID: 'CVE-2026-0001', dateAdded: '2026-01-01' },
        { cveID: 'CVE-2026-0002', dateAdded: '2026-01-02' },
      ],
    }),
    JSON.stringify({
      cve: 'CVE-2026-0001',
      cvss31: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      ssvc: { exploitation: 'active' },
      kev: false,
    }),
    '#model_version:v2025.03.14\ncve,epss,percentile\nCVE-2026-0001,0.00043,0.1\nCVE-2026-0002,1,0.99999\n',
  ].map((text) => Buffer.from(text)),
  words: ['null', '"kev":true', '"cvss40":{"vector":"', '"length":{"toString":""}', 'CVE-2026-', ',1e-9', ',2'],
  read(input) {
    const text = Buffer.from(input).toString('utf8');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      const lines = text.split('\n').map((line) => readEpssLine(line));
      const told = lines.flatMap((line) => line ?? []);
      promise(
        told.every(({ epss }) => epss !== undefined && epss.score <= 1 && epss.percentile <= 1),
        'more than certain',
      );
      return { word: told.length > 0 ? 'scores' : 'no JSON', told };
    }
    const told = readEnrichment(value);
    return { word: told === undefined ? 'neither' : told.length > 0 ? 'read' : 'empty', told };
  },
};

/** The surface of YARA rules: the engine itself compiles them, in a process of its own. */
export const yaraOutline: FuzzTarget = {
  seeds: [
    'import "elf"\n/* rule no { } */\nprivate rule a : x y {\n  meta:\n    title = "A \\"rule\\""\n    score = -5\n    on = true\n  strings:\n    $a = "text" nocase // rule b\n    $b = { 4D 5A [2-4] ?? }\n    $c = /a\\/b+/i\n  condition:\n    any of them\n}\nrule b { condition: filesize < 10KB }\n',
  ].map((text) => Buffer.from(text)),
  words: ['rule ', 'meta:', 'condition:', '/*', '*/', '//', '"', '\\"', '/', ' = -', '{', '}', 'global '],
  read(input) {
    const told = outlineRules(Buffer.from(input).toString('utf8'));
    promise(told.length <= input.length, 'more rules than words');
    return { word: told.length === 0 ? 'none' : 'rules', told: told.map(({ name, meta }) => [name, [...meta]]) };
  },
};
