/** Prints how many tests were skipped for which reason, and fails the run for a reason that is not on the closed list. */
import type { Reporter, TestModule } from 'vitest/node';

const allowed = [/^no-shared-data$/, /^not-installed:[\w.-]+$/, /^needs-root:[\w.-]+$/, /^kernel-forbids:[\w.-]+$/];

export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = (result.state === 'skipped' && result.note) || 'without a reason';
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
    }
    // A run of chosen tests (-t) skips the others without a reason; only whole runs are held to the list.
    const chosen = process.argv.some((argument) => argument === '-t' || argument.startsWith('--testNamePattern'));
    for (const [reason, count] of [...counts].toSorted(([a], [b]) => a.localeCompare(b))) {
      const known = allowed.some((pattern) => pattern.test(reason));
      process.stdout.write(`skipped  ${String(count).padStart(4)}  ${reason}${known ? '' : '  (not on the list)'}\n`);
      if (!known && !chosen) process.exitCode = 1;
    }
  }
}

// vitest loads reporters by their default export.
// oxlint-disable-next-line import/no-default-export
export default SkipReporter;
