/** Docs that match the code: settings, commands, domains' READMEs, and links that lead somewhere. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { absolute, sourceFiles } from './source-files.ts';

/** One line for each thing that the docs do not say, or say wrongly. */
export async function checkDocs(): Promise<string[]> {
  const files = await sourceFiles();
  const [config, settings, main, readme] = await Promise.all(
    ['server/src/platform/config.ts', 'docs/settings.md', 'server/src/cli/main.ts', 'README.md'].map((path) =>
      readFile(absolute(path), 'utf8'),
    ),
  );
  return [
    ...missing(namesIn(config, /^ {2}([A-Z][A-Z_]+):/gm), settings, 'docs/settings.md', 'the setting'),
    ...missing(namesIn(main, /^ {2}([a-z]+): \{ summary|^ {2}([a-z]+): \{$/gm), readme, 'README.md', 'the command'),
    ...domainsWithoutReadme(files),
    ...(await deadLinks(files.filter((path) => path.endsWith('.md')))),
  ];
}

function namesIn(text: string | undefined, pattern: RegExp): string[] {
  return [...(text ?? '').matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
}

function missing(names: readonly string[], text: string | undefined, path: string, what: string): string[] {
  if (names.length === 0) return [`${path}: found no names to look for; mend scripts/check-docs.ts`];
  return names.filter((name) => !text?.includes(name)).map((name) => `${path}: does not tell of ${what} ${name}`);
}

function domainsWithoutReadme(files: readonly string[]): string[] {
  const domains = new Set(
    files.map((path) => /^server\/src\/([^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined),
  );
  return [...domains]
    .filter((domain) => !files.includes(`server/src/${domain}/README.md`))
    .map((domain) => `server/src/${domain}: has no README.md`);
}

async function deadLinks(paths: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const path of paths) {
    const text = await readFile(absolute(path), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      if (!existsSync(absolute(normalize(join(dirname(path), target)))))
        problems.push(`${path}: the link ${target} leads nowhere`);
    }
  }
  return problems;
}
