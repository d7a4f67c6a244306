import { type Budget, mostCpuSeconds } from '../budget.ts';
import type { Clamd } from '../clamd/clamd.ts';
import {
  type ImageSource,
  type LayerContent,
  type LayerIndex,
  type LayerSource,
  type Reason,
  type RiskClass,
  ScanError,
} from '../model.ts';
import { ChildGone } from '../sandbox/child.ts';
import type { Sandbox } from '../sandbox/create-sandbox.ts';
import { reasonOf, type Worker, type WorkerJob } from '../sandbox/worker.ts';
import type { FolderTar } from '../sources/folder-tar.ts';
import { addMalware } from './add-malware.ts';

export interface LayerIndexerOptions {
  source: ImageSource;
  sandbox: Sandbox;
  riskClasses: readonly RiskClass[];
  budget: Budget;
  signal: AbortSignal;
  onBytes: () => void;
  clamd?: Clamd;
}

export interface LayerWorker {
  read(layer: LayerSource): Promise<LayerIndex>;
  close(): void;
}

/** Has the layers of one image read by children, within one budget. */
export class LayerIndexer {
  /** Stored bytes that were handed to children so far. */
  bytes = 0;
  readonly #options: LayerIndexerOptions;
  /** The open files that layers are ranges of. */
  readonly #files: readonly number[];

  constructor(options: LayerIndexerOptions) {
    this.#options = options;
    const files = options.source.layers.flatMap(({ content }) => (content.type === 'range' ? content.fd : []));
    this.#files = [...new Set(files)];
  }

  /** Reads one layer after the other; a child that a layer killed is replaced for the next. */
  worker(): LayerWorker {
    let lent: Worker | undefined;
    return {
      read: async (layer) => {
        const spent = this.#spent();
        if (spent !== undefined) return unread(layer, spent);
        if (lent === undefined || !lent.usable) {
          await lent?.close();
          lent = await this.#lend();
        }
        return this.#read(lent, layer);
      },
      close: () => {
        if (lent !== undefined) this.#options.sandbox.takeBack(lent);
      },
    };
  }

  #lend(): Promise<Worker> {
    const { sandbox, riskClasses, budget } = this.#options;
    return sandbox.lend({ riskClasses, cpuSeconds: mostCpuSeconds(budget.limits), fds: this.#files });
  }

  async #read(worker: Worker, layer: LayerSource): Promise<LayerIndex> {
    const { budget, signal, source, riskClasses, clamd } = this.#options;
    signal.throwIfAborted();
    const limits = budget.left();
    const folder = layer.content.type === 'folder' ? await this.#folder(layer.content.path) : undefined;
    // The parent computes the digest of the stored bytes, while they pass; only a child can compute that of the unpacked
    // ones, since it is the child that unpacks. A child that a layer took over could lie about it, but about the index
    // too, and only about this layer: its bytes are those that the manifest names, whatever the child says.
    const hashed = source.verified && layer.digest !== layer.diffId;
    const content: WorkerJob['content'] =
      layer.content.type === 'range' ? this.#range(layer.content) : { type: 'frames' };
    try {
      const {
        index,
        indexBytes,
        malware,
        malwareLeft = 0,
        malwareGone,
        clamdReasons = [],
      } = await worker.read({
        content,
        limits,
        hashed,
        signal,
        ...(clamd === undefined || !riskClasses.includes('malware') ? {} : { clamd }),
        ...(content.type === 'range' ? {} : { open: (stop) => this.#open(layer, folder, stop) }),
        onBytes: (count) => {
          this.bytes += count;
          this.#options.onBytes();
        },
      });
      budget.take({ bytes: index.uncompressedBytes, entries: index.entryCount, indexBytes });
      if (hashed) checkDiffId(layer, index);
      index.incomplete.push(...(folder?.reasons ?? []));
      index.incomplete.push(...clamdReasons);
      if (malwareLeft > 0) {
        index.incomplete.push({ code: 'budget-entries', message: `${malwareLeft} more files with malware` });
      }
      if (malwareGone !== undefined) index.incomplete.push(reasonOf(malwareGone, 'looked for malware'));
      return { ...addMalware(index, malware), diffId: layer.diffId };
    } catch (error) {
      if (error instanceof ChildGone && !signal.aborted) return unread(layer, reasonOf(error));
      throw error;
    }
  }

  #open(layer: LayerSource, folder: FolderTar | undefined, stop: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    if (folder !== undefined) return Promise.resolve(folder.stream(stop));
    if (layer.content.type === 'stream') return layer.content.open(stop);
    throw new Error('a range is not opened');
  }

  #range({ fd, offset, length }: Extract<LayerContent, { type: 'range' }>): WorkerJob['content'] {
    return { type: 'range', file: this.#files.indexOf(fd), offset, length };
  }

  /** Folders are the only ones whose files are asked for here: no other kind of image loads what knows of them. */
  async #folder(path: string): Promise<FolderTar> {
    const { wantedBy } = await import('../reading/extract-file.ts');
    const { FolderTar } = await import('../sources/folder-tar.ts');
    const { riskClasses, budget } = this.#options;
    const onlyPackages = riskClasses.every((riskClass) => riskClass === 'vulnerabilities');
    return new FolderTar(path, {
      wants: (name, entry) => !onlyPackages || wantedBy(name, entry) !== undefined,
      limits: budget.left(),
    });
  }

  /** Why no further layer can be read, if so. */
  #spent(): Reason | undefined {
    const { bytes, entries, indexBytes, timeMs } = this.#options.budget.left();
    if (timeMs <= 0) return { code: 'budget-time', message: 'no time was left for this layer' };
    if (bytes <= 0) return { code: 'budget-bytes', message: 'the layers before used up what may be unpacked' };
    if (entries <= 0) return { code: 'budget-entries', message: 'the layers before used up the entries' };
    if (indexBytes <= 0) return { code: 'budget-memory', message: 'the layers before used up what may be told' };
    return undefined;
  }
}

/** Throws `digest-mismatch`: manifest and configuration name different layers. */
function checkDiffId(layer: LayerSource, index: LayerIndex): void {
  const broken = index.incomplete.some(({ code }) => code.startsWith('layer-') || code.startsWith('budget-'));
  if (index.diffId === layer.diffId || (index.diffId === '' && broken)) return;
  throw new ScanError({
    code: 'digest-mismatch',
    message: `a layer unpacks to ${index.diffId || 'nothing'}, not to ${layer.diffId}`,
    layer: layer.diffId,
  });
}

function unread(layer: LayerSource, reason: Reason): LayerIndex {
  return {
    diffId: layer.diffId,
    files: [],
    paths: '',
    links: [],
    removed: [],
    opaque: [],
    entryCount: 0,
    uncompressedBytes: 0,
    incomplete: [reason],
  };
}
