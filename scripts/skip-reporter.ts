/**
 * Prints how many tests were skipped for which reason, and fails the run for a reason that is not on the closed list. The
 * last line is the count of tests in a form that other programs read.
 */
import type { Reporter, TestModule } from 'vitest/node';

const always = [/^no-shared-data$/, /^kernel-forbids:[\w.-]+$/];
/** Where everything that can be installed is installed (`.ci/run`), a test that misses something is an error. */
const onDevelopersMachines = [/^not-installed:[\w.-]+$/, /^needs-root:[\w.-]+$/];
const allowed = process.env['WHARFINGER_NOTHING_MISSING'] === '1' ? always : [...always, ...onDevelopersMachines];

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
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: 'passed' | 'failed' | 'skipped') =>
      tests.filter((test) => test.result().state === state).length;
    process.stdout.write(
      `tests: ${inState('passed')} passed, ${inState('failed')} failed, ${inState('skipped')} skipped\n`,
    );
  }
}

// vitest loads reporters by their default export.
// oxlint-disable-next-line import/no-default-export
export default SkipReporter;
