import type { Package } from '../../model.ts';
import { addPackage } from '../add-package.ts';
import { type ByteSource, type Extracted, type Extractor, PackageUnreadable, readText } from '../extractor.ts';
import { oncePerVersion } from '../once-per-version.ts';
import { CommonFolder } from './common-folder.ts';
import { groupOf } from './group-of.ts';
import { splitJarName } from './jar-name.ts';
import { readManifest, readPomProperties } from './manifest.ts';
import { openEntry, readDirectory, type ZipEntry } from './zip.ts';

/** A jar in a war in an ear, and one more for whoever packs strangely. */
const maxDepth = 4;
const maxTextBytes = 1024 * 1024;
/** Of all archives in one file together; the largest have some thousand texts of a hundred bytes. */
const maxTextBytesOfAll = 64 * 1024 * 1024;
const maxInnerBytes = 128 * 1024 * 1024;
/** Of all archives in one file together. */
const maxInflatedBytes = 1024 * 1024 * 1024;
const maxInnerArchives = 20_000;
/** Of all archives in one file together: many may share the same bytes. */
const maxDirectoryBytes = 64 * 1024 * 1024;

const archive = /\.(?:jar|war|ear)$/i;
/** In `META-INF/maven`, but who packs anew may put them elsewhere. */
const pomProperties = /(?:^|\/)pom\.properties$/;
const manifestName = 'META-INF/MANIFEST.MF';

/**
 * Java libraries: jars, wars and ears, also those in each other. What Maven left in a jar tells it exactly, also of what was
 * shaded into it; else its manifest and its name do.
 */
export const java: Extractor = {
  name: 'java',
  fileNames: ['.jar', '.war', '.ear'],
  maxBytes: 0,
  wants: (path, { sizeBytes }) => sizeBytes > 0 && archive.test(path),
  extract(path, bytes) {
    const reader = new ArchiveReader();
    reader.read(path.slice(path.lastIndexOf('/') + 1), bytes, 0);
    return reader.finish();
  },
};

class ArchiveReader {
  readonly #packages: Package[] = [];
  #problem: string | undefined;
  #inflatedBytes = 0;
  #textBytes = 0;
  #directoryBytes = 0;
  #innerArchives = 0;

  read(fileName: string, bytes: ByteSource, depth: number): void {
    this.#attempt(fileName, () => {
      const classes = new CommonFolder();
      const wants = (name: string) => {
        classes.take(name);
        return isWanted(name);
      };
      const entries = [...readDirectory(bytes, wants, (count) => this.#takeDirectory(count))];
      const texts = (wanted: (name: string) => boolean) =>
        entries.filter(({ name }) => wanted(name)).map((entry) => this.#text(bytes, entry));
      const poms = texts((name) => pomProperties.test(name)).flatMap((text) => readPomProperties(text) ?? []);
      for (const { group, artifact, version } of poms) this.#add(`${group}:${artifact}`, version);
      const [manifest = ''] = texts((name) => name === manifestName);
      this.#addSelf(fileName, readManifest(manifest), poms, classes.folder);
      for (const entry of entries) {
        if (archive.test(entry.name) && !isEmpty(entry))
          this.#attempt(entry.name, () => this.#inner(bytes, entry, depth + 1));
      }
    });
  }

  #takeDirectory(bytes: number): void {
    this.#directoryBytes += bytes;
    if (this.#directoryBytes > maxDirectoryBytes) throw new PackageUnreadable('archives with too many entries');
  }

  /** What fails in one archive leaves the others. */
  #attempt(fileName: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof PackageUnreadable)) throw error;
      this.#problem ??= `${fileName}: ${error.message}`;
    }
  }

  finish(): Extracted {
    if (this.#problem !== undefined && this.#packages.length === 0) throw new PackageUnreadable(this.#problem);
    const packages = oncePerVersion(this.#packages);
    return this.#problem === undefined ? { packages } : { packages, problem: this.#problem };
  }

  /** The archive itself, unless Maven's files tell of it. */
  #addSelf(
    fileName: string,
    manifest: ReadonlyMap<string, string>,
    poms: readonly { artifact: string; version: string }[],
    classes: string,
  ): void {
    const { artifact, version } = splitJarName(fileName);
    if (poms.some((pom) => sameName(pom.artifact, artifact) || sameName(fileName, `${pom.artifact}-${pom.version}`)))
      return;
    // With Maven's files of one library alone, that is what the archive holds, whatever it was renamed to.
    const isRenamed = poms.length === 1 && poms.some((pom) => fileName.includes(pom.version));
    if (isRenamed || (version === undefined && poms.length > 0)) return;
    const told = version ?? versionOf(manifest);
    const group = groupOf(artifact, told ?? '', manifest, classes);
    // A name without version, group and anything else says what somebody called a file.
    if (told === undefined || (version === undefined && group === undefined)) return;
    this.#add(group === undefined ? artifact : `${group}:${artifact}`, told);
  }

  #inner(bytes: ByteSource, entry: ZipEntry, depth: number): void {
    this.#innerArchives += 1;
    if (depth > maxDepth || this.#innerArchives > maxInnerArchives) {
      throw new PackageUnreadable('archives too deep in each other, or too many');
    }
    const left = maxInflatedBytes - this.#inflatedBytes;
    const inner = openEntry(bytes, entry, Math.min(maxInnerBytes, left));
    if (entry.method !== 0) this.#inflatedBytes += inner.sizeBytes;
    this.read(entry.name.slice(entry.name.lastIndexOf('/') + 1), inner, depth);
  }

  /** A million entries may share the same few bytes: what they inflate to is counted for each. */
  #text(bytes: ByteSource, entry: ZipEntry): string {
    const content = openEntry(bytes, entry, Math.min(maxTextBytes, maxTextBytesOfAll - this.#textBytes));
    this.#textBytes += content.sizeBytes;
    if (this.#textBytes > maxTextBytesOfAll) throw new PackageUnreadable('more text than such archives have');
    return readText(content);
  }

  #add(name: string, version: string): void {
    addPackage(this.#packages, { kind: 'maven', name, version });
  }
}

/** Who packs jars anew may write `error-prone-annotations` for `error_prone_annotations`. */
function sameName(told: string, artifact: string): boolean {
  return told.replaceAll('_', '-').startsWith(artifact.replaceAll('_', '-'));
}

function isWanted(name: string): boolean {
  return name === manifestName || pomProperties.test(name) || archive.test(name);
}

/** A file without content that is only called an archive, as some keep for templates; deflated, nothing is two bytes. */
function isEmpty({ sizeBytes, storedBytes }: ZipEntry): boolean {
  return sizeBytes === 0 && storedBytes <= 2;
}

function versionOf(manifest: ReadonlyMap<string, string>): string | undefined {
  for (const attribute of ['Implementation-Version', 'Bundle-Version', 'Specification-Version']) {
    const version = manifest.get(attribute);
    if (version !== undefined && /^\d/.test(version)) return version;
  }
  return undefined;
}
