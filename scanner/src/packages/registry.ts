import { apk } from './apk/index.ts';
import { dpkg } from './dpkg/index.ts';
import type { Extractor } from './extractor.ts';
import { goBinary } from './go-binary/index.ts';
import { npm } from './npm/index.ts';
import { osRelease } from './os-release/index.ts';
import { python } from './python/index.ts';
import { rpm } from './rpm/index.ts';

/** All that tell of packages, by name. The first that wants a file reads it: those that go by path before the rest. */
export const extractors: ReadonlyMap<string, Extractor> = new Map(
  [osRelease, dpkg, apk, rpm, python, npm, goBinary].map((extractor) => [extractor.name, extractor]),
);
