/**
 * An advisory as OSV writes it, cut down to what matching and a report use. Other fields are ignored, absent lists are
 * empty; what names no package (or only commits) is dropped, since no installed package could match it.
 * Source: the OSV schema, 1.7.
 */
import { z } from 'zod';
import { parseShape } from '../parse-shape.ts';

export interface OsvRecord {
  id: string;
  /** RFC 3339. Of two records with one id the newer counts. */
  modified: string;
  published?: string;
  /** A withdrawn record matches nothing. */
  withdrawn?: string;
  /** Other ids of the same flaw. */
  aliases: string[];
  /** Ids of the flaws that a distribution's record is about. */
  upstream: string[];
  related: string[];
  summary?: string;
  details?: string;
  severity: OsvSeverity[];
  affected: OsvAffected[];
  references: string[];
  /** The severity as a word, outside any scoring system. */
  severityWord?: string;
  /** One of our own starter set: it stands in until a published record tells of the same flaw. */
  starter?: true;
}

export interface OsvSeverity {
  type: string;
  score: string;
}

export interface OsvAffected {
  ecosystem: string;
  name: string;
  ranges: OsvRange[];
  versions: string[];
  severity: OsvSeverity[];
  severityWord?: string;
  /** Whoever publishes the record says that the package will not be mended. */
  willNotFix?: true;
}

export interface OsvRange {
  type: 'SEMVER' | 'ECOSYSTEM';
  events: OsvEvent[];
}

export interface OsvEvent {
  introduced?: string | undefined;
  fixed?: string | undefined;
  last_affected?: string | undefined;
  limit?: string | undefined;
}

/** A record that cannot be used; the message names the field. */
export class AdvisoryRefused extends Error {
  /** The record's id where it has a readable one. */
  readonly id: string;
  constructor(id: string, message: string) {
    super(message);
    this.name = 'AdvisoryRefused';
    this.id = id;
  }
}

/** Parses one OSV record. Throws {@link AdvisoryRefused}. */
export function parseOsvRecord(value: unknown): OsvRecord {
  const parsed = parseShape(schema, value);
  if (parsed.data !== undefined) return toRecord(parsed.data);
  throw new AdvisoryRefused(readableId(value), parsed.problem);
}

/** Whole chapters are of no use in a report. */
const mostProseLength = 32_768;

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
/** For what is looked up and stored: no control characters, no halves of characters, short enough for an index. */
const plainText = (mostBytes: number) =>
  z
    .string()
    .refine((text) => isPlain(text, mostBytes), `is empty, has a control character or more than ${mostBytes} bytes`);
const prose = z
  .string()
  .nullish()
  .transform((text) =>
    text
      ?.slice(0, mostProseLength)
      .replaceAll(/[^\P{Cc}\n\t]/gu, ' ')
      .toWellFormed(),
  );
const instant = z.string().max(64).refine(isInstant, 'is no RFC 3339 time');
const word = plainText(64).nullish().catch(undefined);
const wordsOf = z.object({ severity: word, urgency: word, fix_state: word }).nullish().catch(undefined);
const severity = z.object({ type: plainText(64), score: plainText(1024) });
const bound = plainText(1024).optional();
const event = z.object({ introduced: bound, fixed: bound, last_affected: bound, limit: bound });
const range = z.object({ type: z.string(), events: list(event) });
const affected = z.object({
  package: z.object({ ecosystem: plainText(128), name: plainText(1024) }).nullish(),
  ranges: list(range),
  versions: list(plainText(1024)),
  severity: list(severity).catch([]),
  ecosystem_specific: wordsOf,
  database_specific: wordsOf,
});
const schema = z.object({
  id: plainText(256),
  modified: instant,
  published: instant.nullish().catch(undefined),
  withdrawn: plainText(64).nullish(),
  aliases: list(plainText(256)),
  upstream: list(plainText(256)),
  related: list(plainText(256)),
  summary: prose,
  details: prose,
  severity: list(severity).catch([]),
  affected: list(affected),
  references: list(z.object({ url: z.string() })).catch([]),
  database_specific: wordsOf,
});

type Parsed = z.output<typeof schema>;

function toRecord(parsed: Parsed): OsvRecord {
  const severityWord = parsed.database_specific?.severity ?? undefined;
  return {
    id: parsed.id,
    modified: parsed.modified,
    ...(parsed.published ? { published: parsed.published } : {}),
    ...(parsed.withdrawn ? { withdrawn: parsed.withdrawn } : {}),
    aliases: parsed.aliases,
    upstream: parsed.upstream,
    related: parsed.related,
    ...(parsed.summary ? { summary: parsed.summary } : {}),
    ...(parsed.details ? { details: parsed.details } : {}),
    severity: parsed.severity,
    affected: parsed.affected.flatMap(toAffected),
    references: parsed.references.map((reference) => reference.url).filter(isWebAddress),
    ...(severityWord ? { severityWord } : {}),
  };
}

/** GIT ranges name commits, which no package carries; the ranges beside them still count. */
function toAffected(entry: Parsed['affected'][number]): OsvAffected[] {
  if (!entry.package) return [];
  const { ecosystem_specific: own, database_specific: database } = entry;
  const severityWord = own?.severity ?? own?.urgency ?? database?.severity ?? undefined;
  return [
    {
      ecosystem: entry.package.ecosystem,
      name: entry.package.name,
      ranges: entry.ranges.flatMap(({ type, events }) =>
        type === 'SEMVER' || type === 'ECOSYSTEM' ? [{ type, events }] : [],
      ),
      versions: entry.versions,
      severity: entry.severity,
      ...(severityWord ? { severityWord } : {}),
      ...([own?.fix_state, own?.urgency, database?.fix_state].some(meansWillNotFix) ? { willNotFix: true } : {}),
    },
  ];
}

/** The words of Red Hat, of CSAF documents, of Debian's tracker; OSV itself has none. */
function meansWillNotFix(state: string | null | undefined): boolean {
  const letters = state?.toLowerCase().replaceAll(/[^a-z]/g, '') ?? '';
  return ['willnotfix', 'wontfix', 'outofsupportscope', 'nofixplanned', 'endoflife'].includes(letters);
}

function isPlain(text: string, mostBytes: number): boolean {
  // Nearly all are ASCII, and records hold hundreds of thousands of them.
  if (/^[\x20-\x7e]+$/.test(text)) return text.length <= mostBytes;
  return /^[^\p{Cc}\p{Cs}]+$/u.test(text) && Buffer.byteLength(text) <= mostBytes;
}

function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return false;
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}

/** Reports make links of them. */
function isWebAddress(url: string): boolean {
  return url.length <= 2048 && /^https?:\/\/[^\p{Cc}\p{Cs}\s]+$/iu.test(url);
}

function readableId(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('id' in value)) return '';
  return typeof value.id === 'string' ? value.id.slice(0, 256).toWellFormed() : '';
}
