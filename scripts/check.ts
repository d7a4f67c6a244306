/**
 * `npm run check`: format, types, type-aware lint, file names, direction of dependencies, docs that match the code.
 * All run at once; takes seconds.
 */
import { spawn } from 'node:child_process';
import { checkDependencyDirection } from './check-dependencies.ts';
import { checkDocs } from './check-docs.ts';
import { checkFileNames } from './check-file-names.ts';

interface Outcome {
  name: string;
  problems: string;
}

const bin = (name: string) => `node_modules/.bin/${name}`;

const outcomes = await Promise.all([
  program('format', bin('biome'), ['format', '--error-on-warnings', '.']),
  program('types', bin('tsc'), ['-p', '.']),
  program('lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '.']),
  own('file names', checkFileNames),
  own('dependencies', checkDependencyDirection),
  own('docs', checkDocs),
]);

for (const { name, problems } of outcomes) {
  process.stdout.write(problems === '' ? `ok    ${name}\n` : `fail  ${name}\n${problems}\n`);
}
process.exitCode = outcomes.every(({ problems }) => problems === '') ? 0 : 1;

function program(name: string, command: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', (error) => resolve({ name, problems: error.message }));
    child.on('close', (status) =>
      resolve({ name, problems: status === 0 ? '' : output.trimEnd() || `status ${status}` }),
    );
  });
}

async function own(name: string, check: () => Promise<string[]>): Promise<Outcome> {
  return { name, problems: (await check()).map((line) => `  ${line}`).join('\n') };
}
