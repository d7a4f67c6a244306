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
for (const extractor of extractors.values()) {
  if (extractor.fileNames === undefined) ofEveryFile.push(extractor);
  for (const name of extractor.fileNames ?? []) {
    const key = name.startsWith('.') ? name.slice(name.lastIndexOf('.')) : name;
    byName.set(key, [...(byName.get(key) ?? []), extractor]);
  }
}

/** The first that wants a file reads it: those that go by its name before those that look at every file. */
export function extractorOf(path: string, entry: { sizeBytes: number; mode: number }): Extractor | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return (
    wanting(byName.get(name), path, entry) ??
    (dot === -1 ? undefined : wanting(byName.get(name.slice(dot)), path, entry)) ??
    wanting(ofEveryFile, path, entry)
  );
}

function wanting(
  asked: readonly Extractor[] | undefined,
  path: string,
  entry: { sizeBytes: number; mode: number },
): Extractor | undefined {
  return asked?.find((extractor) => extractor.wants(path, entry));
}
