/** Every place in the sources that writes to the database, found by an exact walk over their text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyTable, writesOf, writingFunctionsOf } from './sql-writes.ts';

const server = fileURLToPath(new URL('../../server/', import.meta.url));
const sources = join(server, 'src');

/** The domains of the order path and of the charge run, with what they stand on. */
const commercial: readonly string[] = ['billing', 'catalog', 'metering', 'platform', 'subscriptions'];

export interface WriteSite {
  /** Such as `billing/ledger.ts book: insert ledger_entries`. */
  readonly id: string;
  /** Below `server/src`. */
  readonly file: string;
  readonly line: number;
  readonly writes: readonly string[];
  /** The statement, where it is written out. */
  readonly text: string | undefined;
}

/** The functions in the database that write, from the migrations. */
export const writingFunctions: readonly string[] = writingFunctionsOf(
  readdirSync(join(server, 'migrations'))
    .toSorted()
    .map((name) => readFileSync(join(server, 'migrations', name), 'utf8'))
    .join('\n'),
);

/** Whether a site stands in a domain whose every write must be passed. */
export function isCommercial({ file }: WriteSite): boolean {
  return commercial.includes(file.split('/')[0] ?? '');
}

/** All write sites of all domains, by file and line. */
export function findWriteSites(): WriteSite[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('/fixtures/'))
    .toSorted()
    .flatMap((file) => sitesIn(file, readFileSync(join(sources, file), 'utf8')));
}

/** The sites of one file. */
export function sitesIn(file: string, source: string): WriteSite[] {
  const { code, texts } = splitTexts(source);
  const found: { offset: number; writes: string[]; text?: string }[] = [];
  const verbs = { insertInto: 'insert', updateTable: 'update', deleteFrom: 'delete' } as const;
  for (const match of code.matchAll(/\.(insertInto|updateTable|deleteFrom)\(/g)) {
    const table = texts.find(({ offset }) => offset === match.index + match[0].length)?.text ?? anyTable;
    found.push({ offset: match.index, writes: [`${verbs[match[1] as keyof typeof verbs]} ${table}`] });
  }
  for (const { offset, text, tagged } of texts) {
    const isSql = tagged || /^\s*(?:with|insert|update|delete|select)\b/.test(text);
    const writes = isSql ? writesOf(text, writingFunctions) : [];
    if (writes.length > 0) found.push({ offset, writes, text });
  }
  const lines = lineStarts(source);
  const declarations = declarationsIn(source);
  const seen = new Map<string, number>();
  return found
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, writes, text }) => {
      const line = lines.findLastIndex((start) => start <= offset) + 1;
      const declaration = declarations.findLast((one) => one.line <= line)?.name ?? '';
      const name = `${file} ${declaration}: ${writes.join(', ')}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return { id: count === 1 ? name : `${name} (${count})`, file, line, writes, text };
    });
}

/** The source file of the product in a stack trace's line, below `server/src`, with its line there. */
export function productFrame(frame: string): { file: string; line: number } | undefined {
  const match = /file:\/\/(\/[^)\s]+?):(\d+):\d+/.exec(frame);
  const path = match?.[1] && relative(sources, match[1]);
  return path && !path.startsWith('..') ? { file: path, line: Number(match[2]) } : undefined;
}

/** Functions and constants at the beginning of a line: what a site is named after. */
function declarationsIn(source: string): { name: string; line: number }[] {
  return source.split('\n').flatMap((text, index) => {
    const name = /^(?:export )?(?:async )?(?:function\*?|const|class) (\w+)/.exec(text)?.[1];
    return name ? [{ name, line: index + 1 }] : [];
  });
}

function lineStarts(source: string): number[] {
  return [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

interface Text {
  /** Where its quote stands. */
  offset: number;
  text: string;
  /** A template with a tag. */
  tagged: boolean;
}

/** Where something may begin or end that is not code. */
const mark = /['"`/{}]/g;

/** The strings and templates of a source, and its code without them and without comments, at the same offsets. */
function splitTexts(source: string): { code: string; texts: Text[] } {
  const texts: Text[] = [];
  let code = '';
  /** Templates whose `${` is open, with the depth of braces in it. */
  const open: { text: Text; depth: number }[] = [];
  let at = 0;
  const skip = (until: number) => {
    code += source.slice(at, until).replace(/[^\n]/g, ' ');
    at = until;
  };
  const template = (text: Text) => {
    let end = at;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end))
      end += source[end] === '\\' ? 2 : 1;
    text.text += source.slice(at, end);
    if (source[end] === '`') {
      skip(end + 1);
      texts.push(text);
    } else {
      // What is put in may be a table.
      text.text += anyTable;
      skip(end + 2);
      open.push({ text, depth: 0 });
    }
  };
  while (at < source.length) {
    const char = source[at];
    const inner = open.at(-1);
    if (source.startsWith('//', at)) skip(orEnd(source, source.indexOf('\n', at)));
    else if (source.startsWith('/*', at)) skip(orEnd(source, source.indexOf('*/', at)) + 2);
    else if (char === "'" || char === '"') {
      const offset = at;
      const end = closing(source, at + 1, char);
      skip(end + 1);
      texts.push({ offset, text: source.slice(offset + 1, end), tagged: false });
    } else if (char === '`') {
      const text = { offset: at, text: '', tagged: /(?:\bsql|>)\s*$/.test(code.slice(-10)) };
      skip(at + 1);
      template(text);
    } else if (char === '/' && /[(,=:[!&|?{};\n]\s*$|\breturn\s*$/.test(code.slice(-100)))
      skip(endOfRegExp(source, at));
    else if (inner && char === '}' && inner.depth === 0) {
      open.pop();
      skip(at + 1);
      template(inner.text);
    } else {
      if (inner) inner.depth += char === '{' ? 1 : char === '}' ? -1 : 0;
      mark.lastIndex = at + 1;
      const next = mark.exec(source)?.index ?? source.length;
      code += source.slice(at, next);
      at = next;
    }
  }
  return { code, texts: texts.toSorted((a, b) => a.offset - b.offset) };
}

function closing(source: string, from: number, quote: string): number {
  let end = from;
  while (end < source.length && source[end] !== quote) end += source[end] === '\\' ? 2 : 1;
  return end;
}

function endOfRegExp(source: string, from: number): number {
  let inClass = false;
  for (let end = from + 1; end < source.length; end += 1) {
    const char = source[end];
    if (char === '\\') end += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return end + 1;
  }
  return source.length;
}

function orEnd(source: string, index: number): number {
  return index < 0 ? source.length : index;
}
