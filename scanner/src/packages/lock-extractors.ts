/**
 * The names of the extractors with `isLock`. Known apart from them: who puts layers together needs no code that reads files. The
 * registry's spec holds the two against each other.
 */
export const lockExtractors: ReadonlySet<string> = new Set([
  'cargo-lock',
  'composer-lock',
  'gem-lock',
  'npm-lock',
  'nuget-lock',
  'pnpm-lock',
  'python-lock',
  'yarn-lock',
]);
