import { expect, it } from 'vitest';
import { AdvisoryRefused, parseOsvRecord } from './advisories/index.ts';
import { readEnrichment } from './advisories/enrichment.ts';
import { IgnoreFileError, parseIgnoreFile } from './ignoring/ignore-file.ts';
import { ScanError } from './model.ts';
import { manifestTypes, parseManifest } from './registry/manifest.ts';

/** Found by `npm run fuzz`: comparing this length throws. */
const trap = { length: { toString: '' } };

it('a registry that sends a length which is none is refused, and nothing else happens', () => {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: trap }));
  expect(() => parseManifest(bytes, manifestTypes.ociManifest, 'a')).toThrow(ScanError);
  const layers = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestTypes.ociManifest, layers: trap }));
  expect(() => parseManifest(layers, manifestTypes.ociManifest, 'a')).toThrow(ScanError);
});

it('an advisory with a length which is none is refused, and nothing else happens', () => {
  expect(() => parseOsvRecord({ id: 'X-1', modified: trap })).toThrow(AdvisoryRefused);
});

it('a judgement and an entry of a catalogue with a length which is none are passed over', () => {
  expect(readEnrichment({ cve: 'CVE-2026-0001', cvss31: { vector: trap } })).toBeUndefined();
  const entry = { cveID: trap, dateAdded: '2026-01-01' };
  expect(readEnrichment({ catalogVersion: '1', vulnerabilities: [entry] })).toEqual([]);
});

it('an ignore file with a length which is none is refused, and nothing else happens', () => {
  const text = '[[ignore]]\nid = { length = { toString = "" } }\nreason = "x"\n';
  expect(() => parseIgnoreFile(text, 'ignore.toml')).toThrow(IgnoreFileError);
});
