/** `wharfinger advisories …`: brings advisories into the running service and shows how old they are. */
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Enrichment,
  indexEnrichment,
  readAdvisories,
  toOsvValue,
  type RefusedAdvisory,
} from '@wharfinger/scanner';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const advisories: Command = {
  usage: `usage: wharfinger advisories import FOLDER_OR_FILE [--source NAME] [--json]
       wharfinger advisories list [--json]
       Reads OSV records: .json, .ndjson, .jsonl, also .gz, .zst, and .zip; folders with all that is below them.
       With them, or alone, what is known of flaws: KEV (.json), EPSS (.csv), Vulnrichment (.ndjson).
       NAME says where they are from; without it the name of the folder or file.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'import') return importFrom(rest, io);
    if (verb === 'list') return list(rest, io);
    throw new UsageError(verb ? `there is no "advisories ${verb}"` : 'say what to do with advisories');
  },
};

const json = { type: 'boolean', default: false } as const;
/** Well below what one request may have; characters outside ASCII take up to three bytes each. */
const batchCharacters = 3 * 1024 * 1024;
const mostBatchRecords = 10_000;
/** The longest vectors that there may be then still fit into a request. */
const mostBatchFlaws = 4_000;
const mostShownRefusals = 20;

interface Counts {
  read: number;
  added: number;
  updated: number;
  unchanged: number;
}

interface Result extends Counts {
  flaws: Counts;
  refused: RefusedAdvisory[];
}

async function importFrom(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { source: { type: 'string' }, json },
    allowPositionals: true,
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new UsageError('name one folder or file');
  const source = values.source ?? sourceName(path);
  const none = { read: 0, added: 0, updated: 0, unchanged: 0 };
  const result: Result = { ...none, flaws: { ...none }, refused: [] };
  try {
    await sendAll(resolve(io.cwd, path), source, result, io);
  } finally {
    showProgress(io, '');
  }
  const { refused, ...counts } = result;
  writeResult(
    io,
    values.json,
    { source, ...counts, refused: refused.map(({ id, where, reason }) => ({ id, where, reason })) },
    [
      `${source}: ${inWords('records', counts)}, ${refused.length} refused`,
      ...(counts.flaws.read > 0 ? [`  ${inWords('flaws', counts.flaws)}`] : []),
      ...refused.slice(0, mostShownRefusals).map(({ id, where, reason }) => `  refused ${id || where}: ${reason}`),
      ...(refused.length > mostShownRefusals ? [`  and ${refused.length - mostShownRefusals} more: see --json`] : []),
    ],
  );
  return 0;
}

function inWords(what: string, { read, added, updated, unchanged }: Counts): string {
  return `${read} ${what} read; ${added} added, ${updated} updated, ${unchanged} unchanged`;
}

/** One batch is under way while the next one is read. */
async function sendAll(path: string, source: string, result: Result, io: CommandIo): Promise<void> {
  let batch: unknown[] = [];
  let characters = 0;
  let underWay: Promise<void> = Promise.resolve();
  const send = async () => {
    await underWay;
    if (batch.length === 0) return;
    underWay = sendBatch({ Records: batch }, source, result, io);
    // It is awaited before the next one; until then a failure is nobody's yet.
    underWay.catch(() => undefined);
    [batch, characters] = [[], 0];
  };
  const told: Enrichment[] = [];
  const onEnrichment = (one: Enrichment) => void told.push(one);
  const onRefused = (refused: RefusedAdvisory) => result.refused.push(refused);
  for await (const record of readAdvisories(path, { onRefused, onEnrichment })) {
    result.read++;
    const value = toOsvValue(record);
    const { length } = JSON.stringify(value);
    if (length > batchCharacters) {
      onRefused({ where: path, id: record.id, reason: `has ${length} characters; a request takes ${batchCharacters}` });
      continue;
    }
    if (characters + length > batchCharacters || batch.length >= mostBatchRecords) await send();
    batch.push(value);
    characters += length;
  }
  await send();
  await underWay;
  // Together, since one flaw may stand in several files.
  const flaws = [...indexEnrichment(told).values()];
  for (let first = 0; first < flaws.length; first += mostBatchFlaws) {
    const some = flaws.slice(first, first + mostBatchFlaws);
    result.flaws.read += some.length;
    await sendBatch({ Flaws: some.map(toWireFlaw) }, source, result, io);
  }
}

function toWireFlaw({ cve, exploited, proofOfConcept, epss, cvss }: Enrichment): object {
  return {
    Cve: cve,
    ...(exploited === undefined ? {} : { Exploited: { Since: exploited.since } }),
    ...(proofOfConcept ? { ProofOfConcept: true } : {}),
    ...(epss === undefined ? {} : { Epss: { Score: epss.score, Percentile: epss.percentile } }),
    ...(cvss === undefined ? {} : { Cvss: cvss }),
  };
}

async function sendBatch(batch: object, source: string, result: Result, io: CommandIo): Promise<void> {
  const kept = await callOperatorAction(io, 'ImportAdvisories', { Source: source, ...batch });
  addCounts(result, kept);
  addCounts(result.flaws, kept['Flaws'] as Record<string, unknown>);
  for (const { Id, Reason } of kept['Refused'] as { Id: string; Reason: string }[]) {
    result.refused.push({ id: Id, where: '', reason: Reason });
  }
  showProgress(io, `${result.read} records, ${result.flaws.read} flaws`);
}

function addCounts(counts: Counts, kept: Record<string, unknown>): void {
  counts.added += Number(kept['Added']);
  counts.updated += Number(kept['Updated']);
  counts.unchanged += Number(kept['Unchanged']);
}

/** One line for people, written over again; an empty text clears it. */
function showProgress(io: CommandIo, text: string): void {
  if ('isTTY' in io.stderr && io.stderr.isTTY === true) io.stderr.write(`\r\u001b[K${text}`);
}

/** `advisories/go.ndjson.zst` is `go`. */
function sourceName(path: string): string {
  const plain = basename(resolve(path))
    .toLowerCase()
    .replace(/(?:\.(?:json|ndjson|jsonl|csv|gz|zst|zip))+$/, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return plain === '' || plain === 'starter' ? 'imported' : plain;
}

async function list(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { json } });
  const { List } = await callOperatorAction(io, 'DescribeAdvisorySources', {});
  const sources = (List as Record<string, unknown>[]).map((row) => ({
    source: String(row['Source']),
    records: Number(row['Records']),
    flaws: Number(row['Flaws']),
    newest: String(row['NewestTime']),
    imported: String(row['ImportedTime']),
    ageSeconds: Number(row['AgeSeconds']),
  }));
  writeResult(
    io,
    values.json,
    sources,
    sources.map(
      ({ source, records, flaws, newest, imported, ageSeconds }) =>
        `${source.padEnd(20)}  ${String(records).padStart(7)} records  ${String(flaws).padStart(7)} flaws  newest ${newest.slice(0, 10) || '-'}  imported ${imported} (${ageInWords(ageSeconds)} ago)`,
    ),
  );
  return 0;
}

function ageInWords(seconds: number): string {
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
