/** What other scanners find in the same truth set, where they are on the PATH. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Found } from './scores.ts';
import type { TruthSet } from './truth-set.ts';

const run = promisify(execFile);

export interface Peer {
  name: string;
  find: (set: TruthSet, archive: string, scratch: string) => Promise<Found[]>;
}

const gitleaksReport = z.array(z.object({ RuleID: z.string(), File: z.string(), StartLine: z.number() }));
const trivyReport = z.object({
  Results: z
    .array(
      z.object({
        Target: z.string(),
        Secrets: z.array(z.object({ RuleID: z.string(), StartLine: z.number() })).default([]),
      }),
    )
    .default([]),
});

/** Gitleaks reads folders: it gets all files, deleted ones too, and never sees the configuration. */
const gitleaks: Peer = {
  name: 'gitleaks',
  async find(set, _archive, scratch) {
    const folder = join(scratch, 'files');
    for (const { path, content } of set.files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const report = join(scratch, 'gitleaks.json');
    await run('gitleaks', [
      'dir',
      folder,
      '--report-path',
      report,
      '--exit-code',
      '0',
      '--no-banner',
      '--log-level',
      'error',
    ]);
    const found = gitleaksReport.parse(JSON.parse(await readFile(report, 'utf8')));
    return found.map(({ RuleID, File, StartLine }) => ({
      rule: RuleID,
      path: File.slice(folder.length + 1),
      line: StartLine,
    }));
  },
};

const trivy: Peer = {
  name: 'trivy',
  async find(_set, archive, scratch) {
    const report = join(scratch, 'trivy.json');
    const where = ['--input', archive, '--cache-dir', join(scratch, 'trivy')];
    const what = ['--scanners', 'secret', '--image-config-scanners', 'secret'];
    await run('trivy', [
      'image',
      ...where,
      ...what,
      '--format',
      'json',
      '--output',
      report,
      '--quiet',
      '--offline-scan',
    ]);
    const { Results } = trivyReport.parse(JSON.parse(await readFile(report, 'utf8')));
    return Results.flatMap(({ Target, Secrets }) =>
      Secrets.map(({ RuleID, StartLine }) => ({ rule: RuleID, path: Target.replace(/^\//, ''), line: StartLine })),
    );
  },
};

/** Those that this machine has, with their versions; nothing is installed for it. */
export async function findPeers(): Promise<{ peer: Peer; version: string }[]> {
  const asked = [
    { peer: gitleaks, command: ['gitleaks', 'version'] },
    { peer: trivy, command: ['trivy', '--version'] },
  ] as const;
  const answers = await Promise.all(
    asked.map(async ({ peer, command: [program, argument] }) => {
      const answer = await run(program, [argument]).catch(() => undefined);
      return answer === undefined ? [] : [{ peer, version: answer.stdout.trim().split('\n')[0] ?? '' }];
    }),
  );
  return answers.flat();
}
