import { availableParallelism } from 'node:os';
import { defaultBudget } from '../budget.ts';
import type { RiskClass } from '../model.ts';
import { allProtections, protectionsHold, type SandboxFacts, sandboxFacts } from './protections.ts';
import { Worker } from './worker.ts';

export interface SandboxOptions {
  /** Sources in gitleaks' format; without them our own rules. */
  secretRules?: readonly string[];
  /** YARA sources; without them our own rules. */
  malwareRules?: readonly string[];
  /** Lists of digests of files that are malware, see `parseMalwareHashes`. */
  malwareHashes?: readonly string[];
  /**
   * How many workers stand ready for the next scans (compiling the malware rules takes longer than reading most layers).
   * 0, the default, for a program that scans once.
   */
  pool?: number;
  /** For which scans the pool keeps workers: all classes of risk. */
  poolRiskClasses?: readonly RiskClass[];
  /** What a child process may hold. */
  memoryBytes?: number;
}

/** Lends workers. Each is fresh: none has seen another scan's bytes. */
export interface Sandbox {
  readonly secretRules: readonly string[] | undefined;
  readonly malwareRules: readonly string[] | undefined;
  readonly malwareHashes: readonly string[] | undefined;
  readonly memoryBytes: number;
  /** The caller gives the worker back, or closes it. */
  lend(options: LendOptions): Promise<Worker>;
  /** Ends a worker that was lent. Nobody waits until it is gone, but `close`. */
  takeBack(worker: Worker): void;
  /** Starts a worker for whoever next borrows one with the same options: it gets ready meanwhile. */
  prepare(options: LendOptions): void;
  close(): Promise<void>;
}

export interface LendOptions {
  riskClasses: readonly RiskClass[];
  /** Open files, given to a worker that reads ranges of them. */
  fds?: readonly number[];
  cpuSeconds?: number;
}

interface PreparedWorker {
  options: LendOptions;
  worker: Promise<Worker>;
  /** At once, also where it is not ready yet. */
  end(): void;
}

/** How many layers are read at once. */
export const workersPerScan = Math.min(2, availableParallelism());

const allRiskClasses: readonly RiskClass[] = ['vulnerabilities', 'secrets', 'malware'];

/** Children that read hostile bytes. The caller closes it. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { secretRules, malwareRules, malwareHashes, pool = 0, memoryBytes = defaultBudget.memoryBytes } = options;
  const poolRiskClasses = options.poolRiskClasses ?? allRiskClasses;
  const standing: Promise<Worker>[] = [];
  const state = { closed: false };

  const startWith = (facts: SandboxFacts, { riskClasses, fds = [], cpuSeconds }: LendOptions): Worker =>
    new Worker({
      facts,
      riskClasses,
      secretRules: secretRules ?? null,
      malwareRules: malwareRules ?? null,
      ...(malwareHashes === undefined ? {} : { malwareHashes }),
      memoryBytes,
      fds,
      ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    });
  const start = async (options: LendOptions): Promise<Worker> => startWith(await sandboxFacts(), options);
  const leaving = new Set<Promise<void>>();
  const letGo = (worker: Promise<Worker> | Worker) => {
    const gone = Promise.resolve(worker)
      .then((one) => one.close())
      .finally(() => leaving.delete(gone));
    leaving.add(gone);
  };
  /** What holds here need not be tried by itself where a worker with all of it gets ready. */
  const startUntried = (options: LendOptions): PreparedWorker => {
    const facts = allProtections();
    const first = startWith(facts, options);
    let wanted = true;
    const ready = async (): Promise<Worker> => {
      if (await first.getsReady()) {
        protectionsHold(facts);
        return first;
      }
      await first.close();
      return wanted ? start(options) : first;
    };
    const worker = ready();
    return {
      options,
      worker,
      end() {
        wanted = false;
        letGo(first);
        letGo(worker);
      },
    };
  };
  let prepared: PreparedWorker | undefined;
  const takePrepared = async (options: LendOptions): Promise<Worker | undefined> => {
    const early = prepared;
    prepared = undefined;
    if (early === undefined || isSame(early.options, options)) return early?.worker;
    early.end();
    return undefined;
  };
  const fill = () => {
    while (!state.closed && standing.length < pool) standing.push(start({ riskClasses: poolRiskClasses }));
  };
  fill();

  return {
    secretRules,
    malwareRules,
    malwareHashes,
    memoryBytes,
    async lend(options) {
      const early = await takePrepared(options);
      if (early?.usable === true) return early;
      const fits = isSame({ ...options, riskClasses: poolRiskClasses, fds: [] }, options);
      for (let ready = fits ? standing.shift() : undefined; ready !== undefined; ready = standing.shift()) {
        fill();
        const worker = await ready;
        // One may have died while it stood there.
        if (worker.usable) return worker;
      }
      return start(options);
    },
    prepare(options) {
      prepared ??= startUntried(options);
      // Whoever borrows it sees why there is none.
      prepared.worker.catch(() => undefined);
    },
    takeBack: letGo,
    async close() {
      state.closed = true;
      for (const worker of standing.splice(0)) letGo(worker);
      prepared?.end();
      prepared = undefined;
      await Promise.all(leaving);
    },
  };
}

function isSame(a: LendOptions, b: LendOptions): boolean {
  const text = ({ riskClasses, fds = [], cpuSeconds }: LendOptions) =>
    JSON.stringify([[...new Set(riskClasses)].toSorted(), fds, cpuSeconds]);
  return text(a) === text(b);
}
