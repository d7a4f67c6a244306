/** Names of files and folders say what comes out: kebab-case, and none of the names that say nothing. */
import { sourceFiles } from './source-files.ts';

const emptyNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'shared', 'lib']);
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
/** Names that tools or habits prescribe. */
const prescribed = /^(README\.md|CONTRIBUTING\.md|LICENSE|NOTICE|\.[a-zA-Z-]+(\.[a-z]+)?|run)$/;

/** One line for each name that breaks the rule. */
export async function checkFileNames(): Promise<string[]> {
  const problems: string[] = [];
  for (const path of await sourceFiles()) {
    if (path.includes('/fixtures/')) continue;
    for (const part of path.split('/')) {
      if (prescribed.test(part)) continue;
      if (!kebab.test(part)) problems.push(`${path}: "${part}" is not kebab-case`);
      else if (emptyNames.has(part.split('.')[0] ?? ''))
        problems.push(`${path}: "${part}" says nothing; name what it holds`);
    }
  }
  return problems;
}
