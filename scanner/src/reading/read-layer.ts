/** Reads one layer to the end and tells what it holds. Runs in the child: synchronous, without network, add-ons or files. */
import { type Budget, BudgetExceeded } from '../budget.ts';
import type { IndexedFile, LayerIndex } from '../model.ts';
import type { ByteSource } from '../packages/extractor.ts';
import { fileHazard, isWatchedFolder } from '../misconfiguration/file-hazards.ts';
import type { SecretRules } from '../secrets/index.ts';
import { wantsSecrets } from '../secrets/wants-secrets.ts';
import type { ByteSupply } from './byte-supply.ts';
import { isLinkOnTheWay } from './database-paths.ts';
import { contentOf, FileTooLarge, Scratch } from './entry-content.ts';
import { extractFile, wantedBy } from './extract-file.ts';
import { filePieces } from './file-pieces.ts';
import { headOf, SecretSearch } from './find-secrets.ts';
import { LayerFiles } from './layer-files.ts';
import { LayerProblem } from './layer-problem.ts';
import { handedOnBytes, MalwareSearch, type MalwareSink } from './malware-search.ts';
import type { MeteredSupply } from './metered-supply.ts';
import { depthOf, normalPath } from './normal-path.ts';
import { openLayer } from './open-layer.ts';
import { PathFilter } from './path-filter.ts';
import { PathPacker } from './path-list.ts';
import { ReasonList } from './reason-list.ts';
import { TarWalk } from './tar-walk.ts';
import { whiteoutOf } from './whiteouts.ts';

export interface ReadLayerOptions {
  /** Where secrets are looked for. */
  secretRules?: SecretRules;
  /** Where malware is looked for. */
  malware?: MalwareSink;
  /** Whether permissions and caches are told. */
  misconfiguration?: boolean;
  budget: Budget;
  /** Whether the digest of the uncompressed layer is computed; every byte is read then. */
  hashed: boolean;
}

/** Text above this is a dump of data, which the rule would leave out for its size: here it comes in pieces. */
const mostBytesForRule = 134_217_728;

/**
 * Never throws for what the bytes hold: what could not be read is told in `incomplete`, what was read before stands.
 * `diffId` is empty where it was not asked for, or the layer could not be read to its end.
 */
export function readLayer(stored: ByteSupply, options: ReadLayerOptions): LayerIndex {
  const reader = new LayerReader(options);
  let diffId = '';
  try {
    const tar = openLayer(stored, options.budget, options.hashed);
    diffId = reader.read(tar);
  } catch (error) {
    if (!(error instanceof LayerProblem) && !(error instanceof BudgetExceeded)) throw error;
    reader.reasons.add(error.code, error.message);
  }
  return reader.finish(diffId);
}

class LayerReader {
  readonly reasons = new ReasonList();
  readonly #options: ReadLayerOptions;
  readonly #scratch: Scratch;
  readonly #files = new LayerFiles();
  readonly #paths = new PathPacker();
  readonly #links = new Map<string, string>();
  readonly #linked = new PathFilter();
  readonly #removed: string[] = [];
  readonly #opaque: string[] = [];
  readonly #folders = new Map<string, number>();
  #entryCount = 0;

  constructor(options: ReadLayerOptions) {
    this.#options = options;
    this.#scratch = new Scratch(Math.floor(options.budget.limits.memoryBytes / 4));
  }

  read(tar: MeteredSupply): string {
    const walk = new TarWalk(tar);
    while (walk.next()) {
      this.#options.budget.takeEntry();
      this.#entryCount += 1;
      this.#entry(walk);
    }
    if (!this.#options.hashed) return '';
    walk.drain();
    return tar.digest() ?? '';
  }

  finish(diffId: string): LayerIndex {
    return {
      diffId,
      files: this.#files.finish(),
      paths: this.#paths.finish(),
      links: [...this.#links].map(([path, target]) => ({ path, target })),
      removed: this.#removed,
      opaque: this.#opaque,
      ...(this.#options.misconfiguration === true
        ? { folders: [...this.#folders].map(([path, mode]) => ({ path, mode })) }
        : {}),
      entryCount: this.#entryCount,
      uncompressedBytes: this.#options.budget.bytes,
      incomplete: this.reasons.finish(),
    };
  }

  #entry(walk: TarWalk): void {
    const path = this.#pathOf(walk);
    if (path === undefined) return;
    const before = this.#paths.bytes;
    this.#take(path, walk);
    this.#options.budget.takeIndexBytes(this.#paths.bytes - before);
  }

  #take(path: string, walk: TarWalk): void {
    const whiteout = whiteoutOf(path);
    if (whiteout?.type === 'removed') this.#tell(this.#removed, whiteout.path);
    else if (whiteout?.type === 'opaque') this.#tell(this.#opaque, whiteout.path);
    if (whiteout !== undefined || path === '') return;
    this.#files.replace(path, walk.kind === 'folder');
    if (this.#linked.mayHold(path)) this.#links.delete(path);
    if (walk.kind === 'folder') {
      // A folder where a link may stand replaces it.
      this.#paths.addFolder(path, isLinkOnTheWay(path));
      if (isWatchedFolder(path)) this.#folders.set(path, walk.mode & 0o7777);
      return;
    }
    this.#paths.addFile(path);
    if (walk.kind === 'file') this.#file(path, walk);
    else if (walk.kind === 'hardlink') this.#hardLink(path, walk);
    else if (walk.kind === 'symlink' && isLinkOnTheWay(path)) this.#link(path, walk.linkName);
  }

  #tell(list: string[], path: string): void {
    this.#options.budget.takeIndexBytes(bytesOf(path));
    list.push(path);
  }

  /** No link leads to a path that cannot be. */
  #link(path: string, target: string): void {
    if (target.length > 4096 || target.includes('\0')) return;
    this.#options.budget.takeIndexBytes(bytesOf([path, target]));
    this.#links.set(path, target);
    this.#linked.add(path);
  }

  #keep(file: IndexedFile): void {
    this.#options.budget.takeIndexBytes(bytesOf(file));
    this.#files.set(file);
  }

  #pathOf(walk: TarWalk): string | undefined {
    if (walk.name === undefined) {
      this.reasons.add('budget-memory', 'a file whose extended header is too large to be read');
      return undefined;
    }
    const path = normalPath(walk.name);
    if (path === undefined) {
      this.reasons.add('path-refused', 'a path that leaves the root, or is none', walk.name);
      return undefined;
    }
    const { depth } = this.#options.budget.limits;
    if (path.length > depth && depthOf(path) > depth) {
      this.reasons.add('budget-depth', `more than ${depth} folders above each other`, path.slice(0, 200));
      return undefined;
    }
    return path;
  }

  #file(path: string, walk: TarWalk): void {
    const { sizeBytes, mode } = walk;
    const wanted = wantedBy(path, { sizeBytes, mode });
    const { secretRules, malware, misconfiguration } = this.#options;
    const hazard = misconfiguration === true ? fileHazard(path, mode, sizeBytes) : undefined;
    const file: IndexedFile = { path, sizeBytes, ...hazard };
    if (wanted === undefined && secretRules === undefined && malware === undefined) {
      if (hazard !== undefined) this.#keep(file);
      return;
    }
    const content = contentOf(walk, this.#scratch);
    if (wanted !== undefined && walk.sparse) {
      if (wanted.as === undefined) this.reasons.add('package-unreadable', 'a sparse file', path);
    } else if (wanted !== undefined) Object.assign(file, extractFile(wanted, path, content, this.reasons));
    try {
      const secrets = this.#search(path, content, (mode & 0o4000) !== 0 && walk.ofRoot);
      if (secrets.length > 0) file.secrets = secrets;
    } catch (error) {
      if (!(error instanceof FileTooLarge)) throw error;
      this.reasons.add(error.code, error.message, path);
    }
    if (holdsAnything(file)) this.#keep(file);
  }

  /** Secrets are found here, malware is looked for elsewhere; both see the file's bytes in one pass. */
  #search(path: string, content: ByteSource, runsAsRoot: boolean): NonNullable<IndexedFile['secrets']> {
    const { secretRules, malware, budget } = this.#options;
    if (content.sizeBytes === 0 || (secretRules === undefined && malware === undefined)) return [];
    const head = headOf(content);
    const { sizeBytes } = content;
    const forSecrets = secretRules !== undefined && wantsSecrets(path, head, Math.min(sizeBytes, mostBytesForRule));
    const secrets = forSecrets ? new SecretSearch(secretRules, path) : undefined;
    const asRoot = runsAsRoot ? { runsAsRoot } : {};
    const search =
      malware === undefined
        ? undefined
        : new MalwareSearch(malware, { path, number: this.#paths.count - 1, sizeBytes, ...asRoot }, head);
    if (secrets !== undefined || search?.wish !== undefined) {
      // Rules for secrets see as much as can be held; whom the bytes are only handed on to puts them together again.
      const most = secrets === undefined ? Math.min(handedOnBytes, this.#scratch.mostBytes) : this.#scratch.mostBytes;
      for (const piece of filePieces(content, most)) {
        secrets?.take(piece);
        search?.take(piece);
        budget.checkTime();
      }
    }
    search?.lookInside(content, budget, this.reasons);
    secrets?.finish(this.reasons);
    return secrets?.hits ?? [];
  }

  #hardLink(path: string, walk: TarWalk): void {
    const target = normalPath(walk.linkName);
    if (target === undefined) {
      this.reasons.add('path-refused', 'a hard link that leaves the root', path);
      return;
    }
    this.#options.malware?.link({ path, number: this.#paths.count - 1, target });
    const known = this.#files.get(target);
    // Links tell no size: what matters is whether the name is one that is read.
    const entry = { sizeBytes: 4096, mode: walk.mode };
    const wanted = wantedBy(path, entry);
    const ofTarget = wantedBy(target, entry);
    const sameExtractor = wanted !== undefined && wanted.extractor === ofTarget?.extractor;
    if (wanted !== undefined && wanted.as === undefined && !sameExtractor) {
      this.reasons.add('package-unreadable', 'a hard link to a file that has another name', path);
    }
    const hazard = this.#options.misconfiguration === true ? fileHazard(path, walk.mode, 0) : undefined;
    if (known === undefined) {
      if (hazard !== undefined) this.#keep({ path, sizeBytes: 0, ...hazard });
      return;
    }
    const file: IndexedFile = { path, sizeBytes: known.sizeBytes, ...hazard };
    if (sameExtractor && known.extractor !== undefined) {
      file.extractor = known.extractor;
      if (wanted.as !== undefined) file.as = wanted.as;
      if (known.packages !== undefined) file.packages = known.packages;
      if (known.operatingSystem !== undefined) file.operatingSystem = known.operatingSystem;
    }
    if (known.secrets !== undefined) file.secrets = known.secrets;
    if (holdsAnything(file)) this.#keep(file);
  }
}

/** As it is told, with a little more for what stands around it. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 32;
}

function holdsAnything({ extractor, secrets, mode, cache }: IndexedFile): boolean {
  return extractor !== undefined || secrets !== undefined || mode !== undefined || cache !== undefined;
}
