import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What the figures of a run depend on. */
export async function describeMachine(): Promise<Record<string, string>> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const commit = await promisify(execFile)('git', ['describe', '--always', '--dirty'], { cwd: root }).then(
    ({ stdout }) => stdout.trim(),
    () => 'unknown',
  );
  return {
    cpu: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? arch()}`,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    kernel: `${process.platform} ${release()}`,
    load: loadavg()[0]?.toFixed(2) ?? '',
    node: process.version,
    commit,
    date: Temporal.Now.instant().toString({ smallestUnit: 'second' }),
  };
}

/** The middle of an odd number of figures; of an even number the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
