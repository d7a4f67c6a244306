/** `npm run bench [-- NAME …]`: measurements beside a peer or a baseline of the same run, with the machine printed. */
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';

export interface Benchmark {
  summary: string;
  /** Prints its progress through `log` and gives its result as plain JSON and as lines for people. */
  run(log: (line: string) => void): Promise<{ result: unknown; lines: string[] }>;
}

const benchmarks: Record<string, { load(): Promise<Benchmark> }> = {
  scan: { load: async () => (await import('./scan/index.ts')).scanBenchmark },
};

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
  const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
  if (unknown.length > 0) {
    process.stderr.write(`bench: there is no "${unknown[0]}"; there are ${Object.keys(benchmarks).join(', ')}\n`);
    return 2;
  }
  const machine = await describeMachine();
  const results: Record<string, unknown> = { machine };
  if (!values.json)
    process.stdout.write(
      `${Object.entries(machine)
        .map(([name, value]) => `${name.padEnd(8)} ${value}`)
        .join('\n')}\n`,
    );
  for (const name of names) {
    const benchmark = await benchmarks[name]?.load();
    if (!benchmark) continue;
    process.stderr.write(`bench ${name}: ${benchmark.summary}\n`);
    const { result, lines } = await benchmark.run((line) => process.stderr.write(`bench ${name}: ${line}\n`));
    results[name] = result;
    if (!values.json) process.stdout.write(`\n${lines.join('\n')}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  return 0;
}
