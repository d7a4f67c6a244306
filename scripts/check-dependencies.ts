/**
 * The direction of dependencies: a domain of the server imports only those before it in the list, and only through their
 * `index.ts`; the scanner knows nothing of the server.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { absolute, sourceFiles } from './source-files.ts';

/** Each layer may import the layers before it. Domains within one layer do not know each other. */
export const layers: readonly (readonly string[])[] = [
  ['platform'],
  ['accounts'],
  ['catalog'],
  ['billing'],
  ['subscriptions'],
  ['metering'],
  ['assets', 'advisories'],
  ['scanning', 'logs'],
  ['alarms'],
  ['notices'],
  ['api'],
  ['service'],
  ['cli'],
];

const level = new Map(layers.flatMap((domains, index) => domains.map((domain) => [domain, index] as const)));
/** Domains whose parts may be imported by path: the floor everything stands on, and the lists on top. */
const openDomains = new Set(['platform', 'api', 'service', 'cli']);
const importPattern = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/** One line for each import that goes the wrong way. */
export async function checkDependencyDirection(): Promise<string[]> {
  const problems: string[] = [];
  for (const path of await sourceFiles()) {
    if (!/\.tsx?$/.test(path)) continue;
    const text = await readFile(absolute(path), 'utf8');
    for (const [, specifier = ''] of text.matchAll(importPattern)) {
      const problem = judgeImport(path, normalize(join(dirname(path), specifier)));
      if (problem) problems.push(`${path}: ${problem}`);
    }
    if (path.startsWith('scanner/') && /from '@wharfinger\/server/.test(text)) {
      problems.push(`${path}: the scanner does not know the server`);
    }
  }
  return problems;
}

/** What is wrong with one file importing another (both from the project's root), if anything. */
export function judgeImport(from: string, to: string): string | undefined {
  if (/\.(spec|spec-d)\.ts$/.test(from) || from.startsWith('tests/')) return undefined;
  if (from.startsWith('scanner/') && to.startsWith('server/')) return 'the scanner does not know the server';
  const [own, other] = [domainOf(from), domainOf(to)];
  if (own === undefined || other === undefined || own === other) return undefined;
  const [ownLevel, otherLevel] = [level.get(own), level.get(other)];
  if (ownLevel === undefined || otherLevel === undefined) {
    return `the domain "${ownLevel === undefined ? own : other}" is not in the list of layers`;
  }
  if (otherLevel >= ownLevel) return `${own} does not know ${other}; announce an event instead`;
  if (!openDomains.has(other) && !to.endsWith(`server/src/${other}/index.ts`)) {
    return `import ${other} through its index.ts`;
  }
  return undefined;
}

function domainOf(path: string): string | undefined {
  return /^server\/src\/([^/]+)\//.exec(path)?.[1];
}
