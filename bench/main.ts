/** `npm run bench [-- NAME[:PART] …]`: measurements beside a peer or a baseline of the same run, with the machine printed. */
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';

export interface Benchmark {
  summary: string;
  /** What can be measured by itself. */
  parts: readonly string[];
  /** Of them those that take so long that they are measured only when they are named. */
  byNameOnly?: readonly string[];
  /** Tells its progress through `log` and gives its result as plain JSON and as lines for people. */
  run(log: (line: string) => void, parts: readonly string[]): Promise<{ result: unknown; lines: string[] }>;
}

const benchmarks: Record<string, { load(): Promise<Benchmark> }> = {
  charging: { load: async () => (await import('./charging/index.ts')).chargingBenchmark },
  growth: { load: async () => (await import('./growth/index.ts')).growthBenchmark },
  matching: { load: async () => (await import('./matching/index.ts')).matchingBenchmark },
  inventory: { load: async () => (await import('./inventory/index.ts')).inventoryBenchmark },
  orders: { load: async () => (await import('./orders/index.ts')).ordersBenchmark },
  scan: { load: async () => (await import('./scan/index.ts')).scanBenchmark },
};

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
  const machine = await describeMachine();
  const results: Record<string, unknown> = { machine };
  if (!values.json)
    process.stdout.write(
      `${Object.entries(machine)
        .map(([name, value]) => `${name.padEnd(8)} ${value}`)
        .join('\n')}\n`,
    );
  for (const wanted of names) {
    const [name = '', part] = wanted.split(':');
    const benchmark = await benchmarks[name]?.load();
    const parts =
      benchmark?.parts.filter((one) => (part === undefined ? !benchmark.byNameOnly?.includes(one) : part === one)) ??
      [];
    if (!benchmark || parts.length === 0) {
      process.stderr.write(
        `bench: there is no "${wanted}"; there are ${Object.keys(benchmarks).join(', ')}${
          benchmark ? `, of ${name} ${benchmark.parts.join(', ')}` : ''
        }\n`,
      );
      return 2;
    }
    process.stderr.write(`bench ${name}: ${benchmark.summary}\n`);
    const { result, lines } = await benchmark.run((line) => process.stderr.write(`bench ${name}: ${line}\n`), parts);
    results[wanted] = result;
    if (!values.json) process.stdout.write(`\n${lines.join('\n')}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  return 0;
}
