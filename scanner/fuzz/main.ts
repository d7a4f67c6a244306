/**
 * `npm run fuzz [-- PARSER …] [--inputs N] [--seed S] [--from NUMBER] [--json]`: gives each parser inputs that were made
 * from good ones by breaking them, a million each, and tells how many. A find is written to a file and ends with status 1;
 * `--seed` and `--from` bring it back.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTarget, type TargetResult } from './run-target.ts';
import { fewerInputs, targets } from './targets/index.ts';

const defaultInputs = 1_000_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      inputs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
    },
  });
  const known = Object.keys(targets);
  const wanted =
    positionals.length === 0 ? known : known.filter((name) => positionals.some((one) => isMeant(name, one)));
  const [inputs, seed, from] = [values.inputs ?? defaultInputs, values.seed, values.from].map(Number);
  if (wanted.length === 0 || ![inputs, seed, from].every((value) => Number.isSafeInteger(value))) {
    process.stderr.write(`fuzz: numbers are whole, and the parsers are ${known.join(', ')}\n`);
    return 2;
  }
  let finds = 0;
  if (!values.json)
    process.stdout.write(`${line('parser', 'inputs', 'seconds', 'inputs/s', 'slowest', 'peak', 'outcomes')}\n`);
  for (const name of wanted) {
    const result = await runTarget(name, {
      inputs: (values.inputs === undefined ? fewerInputs.get(name) : inputs) ?? defaultInputs,
      seed: seed ?? 1,
      from: from ?? 0,
    });
    process.stdout.write(`${values.json ? JSON.stringify(result) : describe(result)}\n`);
    if (result.find === undefined) continue;
    finds += 1;
    const { number, error, input } = result.find;
    const path = join(folderOfFinds(), `${name}-${seed}-${number}`);
    writeFileSync(path, input);
    process.stderr.write(
      `fuzz: ${name} --seed ${seed} --from ${number}: ${error}\n  ${input.length} bytes in ${path}\n`,
    );
  }
  return finds === 0 ? 0 : 1;
}

/** By its name, or by the beginning of several: `scan`. */
function isMeant(name: string, told: string): boolean {
  return targets[told] === undefined ? name.startsWith(told) : name === told;
}

function folderOfFinds(): string {
  const folder = join(tmpdir(), 'wharfinger-fuzz');
  mkdirSync(folder, { recursive: true });
  return folder;
}

function describe({ name, inputs, seconds, outcomes, slowestMs, peakMegabytes }: TargetResult): string {
  const words = Object.entries(outcomes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([word, count]) => `${word} ${count}`);
  return line(
    name,
    String(inputs),
    seconds.toFixed(1),
    String(Math.round(inputs / seconds)),
    `${slowestMs.toFixed(1)} ms`,
    `${peakMegabytes} MB`,
    words.join(', '),
  );
}

function line(
  name: string,
  inputs: string,
  seconds: string,
  rate: string,
  slowest: string,
  peak: string,
  rest: string,
): string {
  return `${name.padEnd(20)} ${inputs.padStart(9)} ${seconds.padStart(8)} ${rate.padStart(9)} ${slowest.padStart(10)} ${peak.padStart(8)}  ${rest}`;
}
