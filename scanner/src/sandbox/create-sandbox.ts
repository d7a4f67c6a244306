import { availableParallelism } from 'node:os';
import { defaultBudget } from '../budget.ts';
import type { RiskClass } from '../model.ts';
import { sandboxFacts } from './protections.ts';
import { Worker } from './worker.ts';

export interface SandboxOptions {
  /** Sources in gitleaks' format; without them our own rules. */
  secretRules?: readonly string[];
  /** YARA sources; without them our own rules. */
  malwareRules?: readonly string[];
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
  readonly memoryBytes: number;
  /** `fds` are open files, given to a worker that reads ranges of them. The caller closes the worker. */
  lend(options: { riskClasses: readonly RiskClass[]; fds?: readonly number[]; cpuSeconds?: number }): Promise<Worker>;
  close(): Promise<void>;
}

/** How many layers are read at once. */
export const workersPerScan = Math.min(2, availableParallelism());

const allRiskClasses: readonly RiskClass[] = ['vulnerabilities', 'secrets', 'malware'];

/** Children that read hostile bytes. The caller closes it. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { secretRules, malwareRules, pool = 0, memoryBytes = defaultBudget.memoryBytes } = options;
  const poolRiskClasses = options.poolRiskClasses ?? allRiskClasses;
  const standing: Promise<Worker>[] = [];
  const state = { closed: false };

  const start = async (
    riskClasses: readonly RiskClass[],
    fds: readonly number[] = [],
    cpuSeconds?: number,
  ): Promise<Worker> =>
    new Worker({
      facts: await sandboxFacts(),
      riskClasses,
      secretRules: secretRules ?? null,
      malwareRules: malwareRules ?? null,
      memoryBytes,
      fds,
      ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    });
  const fill = () => {
    while (!state.closed && standing.length < pool) standing.push(start(poolRiskClasses));
  };
  fill();

  return {
    secretRules,
    malwareRules,
    memoryBytes,
    async lend({ riskClasses, fds = [], cpuSeconds }) {
      const fits = fds.length === 0 && riskClasses.toSorted().join() === poolRiskClasses.toSorted().join();
      for (let ready = fits ? standing.shift() : undefined; ready !== undefined; ready = standing.shift()) {
        fill();
        const worker = await ready;
        // One may have died while it stood there.
        if (worker.usable) return worker;
      }
      return start(riskClasses, fds, cpuSeconds);
    },
    async close() {
      state.closed = true;
      await Promise.all(standing.splice(0).map(async (worker) => (await worker).close()));
    },
  };
}
