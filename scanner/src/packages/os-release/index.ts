import type { OperatingSystem } from '../../model.ts';
import { isPlainText } from '../add-package.ts';
import type { Extractor } from '../extractor.ts';
import { readText } from '../extractor.ts';
import { osvEcosystem } from './osv-ecosystem.ts';

const wantedKeys: ReadonlySet<string> = new Set([
  'ID',
  'VERSION_ID',
  'VERSION_CODENAME',
  'VERSION',
  'NAME',
  'PRETTY_NAME',
]);

/** Which distribution and release this is. Source: os-release(5). */
export const osRelease: Extractor = {
  name: 'os-release',
  fileNames: ['os-release'],
  maxBytes: 64 * 1024,
  wants: (path) => path === 'etc/os-release' || path === 'usr/lib/os-release',
  extract(_path, bytes) {
    const values = readAssignments(readText(bytes));
    if (values.size === 0) return { packages: [] };
    // The default of os-release(5).
    const id = values.get('ID') ?? 'linux';
    const operatingSystem: OperatingSystem = {
      id,
      versionId: values.get('VERSION_ID') ?? '',
      name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id,
    };
    const ecosystem = osvEcosystem(values);
    if (ecosystem !== undefined) operatingSystem.ecosystem = ecosystem;
    return { packages: [], operatingSystem };
  },
};

/** Of a repeated key the last counts, as in the shell. */
function readAssignments(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals === -1) continue;
    const key = line.slice(0, equals).trim();
    if (!wantedKeys.has(key)) continue;
    const value = unquote(line.slice(equals + 1).trim());
    if (isPlainText(value)) values.set(key, value);
    else values.delete(key);
  }
  return values;
}

function unquote(value: string): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value;
  const end = value.lastIndexOf(quote);
  const inner = value.slice(1, end > 0 ? end : undefined);
  return quote === '"' ? inner.replace(/\\(["$`\\])/g, '$1') : inner;
}
