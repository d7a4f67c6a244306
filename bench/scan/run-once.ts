/**
 * One reading of an image in a process of its own, for the benchmark: `run-once.ts ARCHIVE CLASSES [CACHE_FOLDER]`, with
 * the classes of risk joined by commas. What is measured is the whole process, its start included.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();

const { indexOnce } = await import('./index-once.ts');
const [archive = '', classes = '', cacheFolder] = process.argv.slice(2);
const outcome = await indexOnce(archive, classes.split(','), cacheFolder);
process.stdout.write(`${JSON.stringify(outcome)}\n`);
if (outcome.reasons.length > 0 || outcome.packages === 0) {
  process.stderr.write(`not read to its end: ${JSON.stringify(outcome.reasons)}\n`);
  process.exitCode = 1;
}
