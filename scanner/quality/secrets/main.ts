/**
 * `npm run quality`: precision and recall of our rules for secrets on the whole truth set, by kind, by form and by family of
 * decoys, beside gitleaks and Trivy where they are on the PATH. Another seed can be given: the rules were not made for one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import '../../src/with-temporal.ts';
import { findInImage, writeImage } from './find-in-image.ts';
import { findPeers } from './find-with-peers.ts';
import pinned from './pinned.json' with { type: 'json' };
import { f1, precision, recall, type Score } from '../score.ts';
import { score, type Scores } from './scores.ts';
import { truthSet } from './truth-set.ts';

const { values } = parseArgs({ options: { seed: { type: 'string', default: pinned.whole.seed } } });
const set = truthSet({ ...pinned.whole, seed: values.seed });
const scratch = await mkdtemp(join(tmpdir(), 'wharfinger-quality-'));
try {
  const archive = join(scratch, 'truth.tar');
  await writeImage(set, archive);
  const own = score(set, await findInImage(archive));
  print(`Secrets, seed "${values.seed}": ${set.planted.length} planted in ${set.files.length} files\n`);
  printTable('kind', own.kinds);
  printTable('form', own.carriers);
  printDecoys(own);
  for (const { kind, carrier, path } of own.missed) print(`missed: ${kind} as ${carrier}, ${path}`);
  for (const { rule, path, line } of own.wrong) print(`wrong: ${rule}, ${path}:${line}`);
  print('');
  printTotal('wharfinger', own);
  for (const { peer, version } of await findPeers()) {
    printTotal(`${peer.name} ${version}`, score(set, await peer.find(set, archive, scratch)));
  }
} finally {
  await rm(scratch, { recursive: true });
}

function printTotal(name: string, { total, carriers, misnamed }: Scores): void {
  const share = (value: number) => value.toFixed(4);
  print(
    `${name}: precision ${share(precision(total))}, recall ${share(recall(total))}, F1 ${share(f1(total))} ` +
      `(${total.planted - total.missed} of ${total.planted} found, ${total.wrong} wrong` +
      `${name === 'wharfinger' ? `, ${misnamed} under another name` : ''})`,
  );
  if (name === 'wharfinger') return;
  const unseen = new Set(['deleted', 'history-run', 'history-arg', 'environment']);
  const inFiles = carriers.filter((carrier) => !unseen.has(carrier.name));
  const planted = inFiles.reduce((sum, one) => sum + one.planted, 0);
  const missed = inFiles.reduce((sum, one) => sum + one.missed, 0);
  print(`  of those in files of the top layer: recall ${share((planted - missed) / planted)}`);
}

function printTable(title: string, scores: readonly Score[]): void {
  print(`${title.padEnd(22)} planted  missed   wrong  precision  recall`);
  for (const one of scores) {
    const counts = [one.planted, one.missed, one.wrong].map((count) => String(count).padStart(7)).join(' ');
    const shares = [precision(one), recall(one)].map((value) => value.toFixed(3).padStart(9)).join(' ');
    print(`${one.name.padEnd(22)} ${counts} ${shares}`);
  }
  print('');
}

function printDecoys({ decoys }: Scores): void {
  const count = set.files.filter(({ decoy }) => decoy !== undefined).length;
  const wrong = decoys.filter((family) => family.wrong > 0);
  print(`${count} decoys of ${decoys.length} families, hits in ${wrong.length} families`);
  for (const family of wrong) print(`  ${family.name}: ${family.wrong}`);
  print('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
