/** `wharfinger catalog …`: shows the prices and rules that are in force, and publishes others. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { errorLine } from '../platform/error-line.ts';
import { UsageError, writeResult, type Command, type CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';

export const catalog: Command = {
  usage: `usage: wharfinger catalog show [--at INSTANT | --version N] [--json]
       wharfinger catalog publish FILE [--at INSTANT] [--note TEXT] [--dry-run] [--json]
       FILE is what "catalog show --json" printed, changed; purchases from INSTANT on (without it: from now on)
       have the new numbers, what was bought before keeps its own. --dry-run tells what would change.`,
  run(argv, io) {
    const [verb, ...rest] = argv;
    if (verb === 'show') return show(rest, io);
    if (verb === 'publish') return publish(rest, io);
    throw new UsageError(verb ? `there is no "catalog ${verb}"` : 'say "show" or "publish"');
  },
};

const json = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

const shownCatalog = z.object({
  Version: z.int(),
  Catalog: z.record(z.string(), z.unknown()),
  Versions: z.array(
    z.object({ Version: z.int(), EffectiveTime: z.string(), PublishedTime: z.string(), Note: z.string() }),
  ),
});

const publishedCatalog = z.object({
  Version: z.int(),
  Replaces: z.int(),
  EffectiveTime: z.string(),
  Changes: z.array(z.object({ Path: z.string(), Before: z.string(), After: z.string() })),
});

/** What `show --json` prints; a document of its own says nothing of the version that it was made from. */
const shownFile = z.strictObject({
  version: z.int(),
  catalog: z.record(z.string(), z.unknown()),
  versions: z.array(z.unknown()),
});

async function show(argv: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { at: text, version: text, json } });
  if (values.at !== undefined && values.version !== undefined) throw new UsageError('give either --at or --version');
  const request = {
    ...(values.at !== undefined && { At: values.at }),
    ...(values.version !== undefined && { Version: wholeNumber(values.version) }),
  };
  const { Version, Catalog, Versions } = shownCatalog.parse(await callOperatorAction(io, 'DescribeCatalog', request));
  const versions = Versions.map((row) => ({
    version: row.Version,
    effective: row.EffectiveTime,
    published: row.PublishedTime,
    note: row.Note,
  }));
  writeResult(io, values.json, { version: Version, catalog: Catalog, versions }, [
    `version ${Version}`,
    ...JSON.stringify(Catalog, undefined, 2).split('\n'),
    '',
    ...versions.map(
      ({ version, effective, note }) => `version ${version}, in force from ${effective || 'the beginning'}  ${note}`,
    ),
  ]);
  return 0;
}

async function publish(argv: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { at: text, note: text, 'dry-run': json, json },
    allowPositionals: true,
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new UsageError('name one file');
  const published = publishedCatalog.parse(
    await callOperatorAction(io, 'PublishCatalog', {
      ...readCatalogFile(resolve(io.cwd, path)),
      ...(values.at !== undefined && { EffectiveTime: values.at }),
      ...(values.note !== undefined && { Note: values.note }),
      DryRun: values['dry-run'],
    }),
  );
  const { Version, Replaces, EffectiveTime } = published;
  const changes = published.Changes.map(({ Path, Before, After }) => ({ path: Path, before: Before, after: After }));
  const result = { version: Version, replaces: Replaces, effective: EffectiveTime, dryRun: values['dry-run'], changes };
  writeResult(io, values.json, result, [
    values['dry-run']
      ? `nothing was published; from ${EffectiveTime} on this would change version ${Replaces}:`
      : `version ${Version} takes the place of version ${Replaces} from ${EffectiveTime} on:`,
    ...changes.map(
      ({ path: field, before, after }) => `  ${field}: ${before || '(not there)'} -> ${after || '(gone)'}`,
    ),
  ]);
  return 0;
}

function readCatalogFile(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${errorLine(error)}`, { cause: error });
  }
  const shown = shownFile.safeParse(value);
  return shown.success ? { Catalog: shown.data.catalog, BaseVersion: shown.data.version } : { Catalog: value };
}

function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new UsageError('--version is a whole number');
  return Number(value);
}
