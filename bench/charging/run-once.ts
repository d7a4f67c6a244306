/**
 * A batch in a process of its own, for the benchmark: `run-once.ts sample|charge INSTANT …` runs it for each instant, with the
 * database's addresses as JSON in the variable `BENCH_URLS`. Prints how long each took, what processor time they used and what
 * memory the process held on the way.
 */
import { setInterval } from 'node:timers';
import { z } from 'zod';
import { chargeDays, sampleHour } from '../../server/src/metering/index.ts';
import { openDatabase } from '../../server/src/platform/database/index.ts';
import { installSubscribers } from '../../server/src/platform/events/index.ts';
import { createLogger } from '../../server/src/platform/log.ts';
import { subscribers } from '../../server/src/service/subscribers.ts';

const address = z.looseObject({ host: z.string(), user: z.string(), password: z.string(), database: z.string() });
const urls = z
  .object({ owner: address, app: address, system: address })
  .parse(JSON.parse(process.env['BENCH_URLS'] ?? ''));
const batch = { sample: sampleHour, charge: chargeDays }[z.enum(['sample', 'charge']).parse(process.argv[2])];
const instants = process.argv.slice(3).map((text) => Temporal.Instant.from(text));

const log = createLogger('error');
const database = openDatabase(urls, log);
installSubscribers(subscribers);
const held: number[] = [];
const watching = setInterval(() => held.push(process.memoryUsage.rss()), 50);
const used = process.cpuUsage();
const seconds: number[] = [];
for (const dueAt of instants) {
  const started = performance.now();
  await batch.run({ database, log }, { dueAt, now: dueAt });
  seconds.push((performance.now() - started) / 1_000);
}
clearInterval(watching);
const { user, system } = process.cpuUsage(used);
await database.close();
// By quarters: memory that grows with the number of tenants would show here.
const quarters = [0, 1, 2, 3].map((quarter) => {
  const part = held.slice((quarter * held.length) / 4, ((quarter + 1) * held.length) / 4);
  return part.length > 0 ? Math.max(...part) : process.memoryUsage.rss();
});
process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, quarters })}\n`);
