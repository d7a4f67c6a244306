import { apk } from './apk/index.ts';
import { cargoLock } from './cargo-lock/index.ts';
import { composer, composerLock } from './composer/index.ts';
import { dotnet, nugetLock } from './dotnet/index.ts';
import { dpkg } from './dpkg/index.ts';
import { dpkgFiles } from './dpkg/file-lists.ts';
import type { Extractor } from './extractor.ts';
import { java } from './java/index.ts';
import { npm } from './npm/index.ts';
import { npmLock } from './npm-lock/index.ts';
import { osRelease } from './os-release/index.ts';
import { pnpmLock } from './pnpm-lock/index.ts';
import { program } from './program/index.ts';
import { python } from './python/index.ts';
import { pythonLock } from './python-lock/index.ts';
import { rpm } from './rpm/index.ts';
import { gem, gemLock } from './ruby/index.ts';
import { nameStart } from '../reading/normal-path.ts';
import { PathFilter } from '../reading/path-filter.ts';
import { yarnLock } from './yarn-lock/index.ts';

/** All that tell of packages, by name. */
export const extractors: ReadonlyMap<string, Extractor> = new Map(
  [
    osRelease,
    dpkg,
    dpkgFiles,
    apk,
    rpm,
    python,
    pythonLock,
    npm,
    npmLock,
    yarnLock,
    pnpmLock,
    java,
    gem,
    gemLock,
    composer,
    composerLock,
    dotnet,
    nugetLock,
    cargoLock,
    program,
  ].map((extractor) => [extractor.name, extractor]),
);

/** An image has a hundred thousand files: of most the name alone says that nobody wants them. */
const byName = new Map<string, Extractor[]>();
const ofEveryFile: Extractor[] = [];
const names = new PathFilter();
for (const extractor of extractors.values()) {
  if (extractor.fileNames === undefined) ofEveryFile.push(extractor);
  for (const name of extractor.fileNames ?? []) {
    const key = name.startsWith('.') ? name.slice(name.lastIndexOf('.')) : name;
    byName.set(key, [...(byName.get(key) ?? []), extractor]);
    names.add(key);
  }
}

/** The first that wants a file reads it: those that go by its name before those that look at every file. */
export function extractorOf(path: string, entry: { sizeBytes: number; mode: number }): Extractor | undefined {
  const nameAt = nameStart(path);
  const dotAt = lastDot(path, nameAt);
  return (
    wanting(named(path, nameAt), path, entry) ??
    (dotAt === -1 ? undefined : wanting(named(path, dotAt), path, entry)) ??
    wanting(ofEveryFile, path, entry)
  );
}

function named(path: string, from: number): readonly Extractor[] | undefined {
  return names.mayHold(path, from) ? byName.get(path.slice(from)) : undefined;
}

function lastDot(path: string, from: number): number {
  const at = path.lastIndexOf('.');
  return at < from ? -1 : at;
}

function wanting(
  asked: readonly Extractor[] | undefined,
  path: string,
  entry: { sizeBytes: number; mode: number },
): Extractor | undefined {
  return asked?.find((extractor) => extractor.wants(path, entry));
}
