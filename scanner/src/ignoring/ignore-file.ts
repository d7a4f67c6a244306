/** The ignore file: TOML, one `[[ignore]]` for each thing that is known and accepted, with the reason. */
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { parseShape } from '../parse-shape.ts';

export interface IgnoreEntry {
  /** Any id of a flaw, or of a rule for secrets, malware or misconfiguration. */
  id?: string;
  /** A package by its own name or that of its source; then it is about vulnerabilities only. */
  package?: string;
  /** A glob over paths in the image, and over `env:NAME` and the like. */
  path?: string;
  reason: string;
  /** The last day on which it counts. */
  expires?: Temporal.PlainDate;
  /** Where it begins in the file, from 1. */
  line?: number;
}

/** An ignore file that cannot be used; the message says where and why in one line. */
export class IgnoreFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IgnoreFileError';
  }
}

/** Far more than people write by hand. */
export const mostIgnoreFileBytes = 4 * 1024 * 1024;

const words = z.string().trim().min(1, 'is empty');
const day = z.union([words, z.custom<Temporal.PlainDate>((value) => value instanceof Temporal.PlainDate)], {
  error: 'is no day such as 2027-01-31',
});
const entry = z
  .strictObject({
    id: words.optional(),
    package: words.optional(),
    path: words.optional(),
    reason: words,
    expires: day.transform(toDay).optional(),
  })
  .refine(({ id, package: name, path }) => id ?? name ?? path, 'names neither id, package nor path');
const file = z.strictObject({ ignore: z.array(z.unknown()).default([]) });

/** Reads the text of an ignore file; `name` is what errors call it. Throws {@link IgnoreFileError}. */
export function parseIgnoreFile(text: string, name: string): IgnoreEntry[] {
  const parsed = parseShape(file, parseToml(text, name));
  if (parsed.data === undefined) throw new IgnoreFileError(`${name}: ${tell(parsed)}`);
  const lines = linesOfEntries(text);
  // A text over several lines may hold what looks like an entry: then no line is claimed.
  const known = lines.length === parsed.data.ignore.length ? lines : [];
  return parsed.data.ignore.map((value, index) => {
    const line = known[index];
    const read = parseShape(entry, value);
    const where = line === undefined ? `${name}, entry ${index + 1}` : `${name}:${line}`;
    if (read.data === undefined) throw new IgnoreFileError(`${where}: ${tell(read)}`);
    const { id, package: ofPackage, path, reason, expires } = read.data;
    return {
      ...(id === undefined ? {} : { id }),
      ...(ofPackage === undefined ? {} : { package: ofPackage }),
      ...(path === undefined ? {} : { path: path.replace(/^\/+/, '') }),
      reason,
      ...(expires === undefined ? {} : { expires }),
      ...(line === undefined ? {} : { line }),
    };
  });
}

function parseToml(text: string, name: string): unknown {
  try {
    return parse(text, { useLegacyDate: false });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The library shows the lines around below its first one.
    const [first = ''] = error.message.split('\n', 1);
    throw new IgnoreFileError(`${name}:${error.line}: ${first.replace(/^Invalid TOML document: /, '')}`, {
      cause: error,
    });
  }
}

function linesOfEntries(text: string): number[] {
  return text.split('\n').flatMap((line, index) => (/^\s*\[\[\s*ignore\s*\]\]/.test(line) ? [index + 1] : []));
}

function toDay(value: string | Temporal.PlainDate, context: z.RefinementCtx): Temporal.PlainDate {
  if (typeof value !== 'string') return value;
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return Temporal.PlainDate.from(value);
  } catch {
    // Told below: there is no such day.
  }
  context.addIssue('is no day such as 2027-01-31');
  return z.NEVER;
}

function tell({ issue, problem }: { issue?: z.core.$ZodIssue; problem: string }): string {
  if (issue === undefined) return problem;
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return `there is no ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${field} is missing`;
  return field === '' ? issue.message : `${field} ${issue.message}`;
}
