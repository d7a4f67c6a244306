/**
 * One reading of an image in a process of its own, for the benchmark: `run-once.ts ARCHIVE CLASSES [CACHE_FOLDER]`, with
 * the classes of risk joined by commas. What is measured is the whole process, its start included.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();

const { indexOnce } = await import('./index-once.ts');
const [archive = '', classes = '', cacheFolder] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await indexOnce(archive, classes.split(','), cacheFolder))}\n`);
