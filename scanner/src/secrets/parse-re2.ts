/**
 * Reads Go's regular expressions (RE2 syntax, as gitleaks uses them) into a tree over bytes.
 * Flags are resolved while reading, so the tree knows none. Syntax: https://github.com/google/re2/wiki/Syntax
 */
import { anyButNewline, anyByte, byteSet, foldCase } from './byte-set.ts';
import { type Assertion, type Expression, Reader } from './expression.ts';
import { parseClass, parseEscapedSet } from './parse-re2-class.ts';

/** RE2's own limit on counts. */
const LONGEST_COUNT = 1000;
const DEEPEST_NESTING = 100;

/** The tree of an expression. Throws an `ExpressionError` for what RE2 would refuse and for what bytes cannot express. */
export function parseRe2(source: string): Expression {
  const reader = new Reader(source);
  const tree = parseChoice(reader, { fold: false, multiline: false, dotAll: false, ungreedy: false }, 0);
  if (!reader.done) throw reader.error('a ")" without its "("');
  return tree;
}

interface Flags {
  fold: boolean;
  multiline: boolean;
  dotAll: boolean;
  ungreedy: boolean;
}

/** Reads up to the end of the group (or of the source). `(?i)` inside holds to that end, across `|`. */
function parseChoice(reader: Reader, outer: Flags, depth: number): Expression {
  if (depth > DEEPEST_NESTING) throw reader.error('too many nested groups');
  const flags = { ...outer };
  const branches: Expression[] = [];
  let parts: Expression[] = [];
  while (!reader.done && reader.peek() !== ')') {
    if (reader.take('|')) {
      branches.push(sequence(parts));
      parts = [];
      continue;
    }
    // A repetition after quoted text is of its last character.
    const quoted = reader.take('\\Q') ? parseQuoted(reader, flags) : undefined;
    const part = quoted ? quoted.pop() : parsePart(reader, flags, depth);
    if (quoted) parts.push(...quoted);
    if (part) parts.push(parseRepeats(reader, part, flags));
  }
  branches.push(sequence(parts));
  const [only] = branches;
  return branches.length === 1 && only ? only : { type: 'choice', branches };
}

function sequence(parts: Expression[]): Expression {
  const flat = parts.flatMap((part) => (part.type === 'sequence' ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only ? only : { type: 'sequence', parts: flat };
}

function parsePart(reader: Reader, flags: Flags, depth: number): Expression | undefined {
  if (reader.take('(')) return parseGroup(reader, flags, depth);
  if (reader.take('[')) return parseClass(reader, flags.fold);
  if (reader.take('.')) return { type: 'set', set: flags.dotAll ? anyByte : anyButNewline };
  if (reader.take('^')) return { type: 'assertion', holds: flags.multiline ? 'line-start' : 'text-start' };
  if (reader.take('$')) return { type: 'assertion', holds: flags.multiline ? 'line-end' : 'text-end' };
  if (reader.peek() === '\\') return parseEscape(reader, flags);
  if (/[*+?]/.test(reader.peek())) throw reader.error('nothing to repeat');
  return character(reader.next(), flags.fold);
}

/** After the opening parenthesis. Gives nothing for flags that hold from here on, which it sets. */
function parseGroup(reader: Reader, flags: Flags, depth: number): Expression | undefined {
  let body: Expression;
  if (!reader.take('?')) {
    body = { type: 'group', body: parseChoice(reader, flags, depth + 1) };
  } else if (reader.match(/P?<[A-Za-z0-9_]+>/y)) {
    body = { type: 'group', body: parseChoice(reader, flags, depth + 1) };
  } else {
    const match = reader.match(/([imsU]*)(?:-([imsU]+))?(:|(?=\)))/y);
    if (!match) throw reader.error('a kind of group that RE2 does not know');
    const changed = { ...flags };
    setFlags(changed, match[1] ?? '', true);
    setFlags(changed, match[2] ?? '', false);
    if (match[3] === '') {
      reader.take(')');
      Object.assign(flags, changed);
      return undefined;
    }
    body = parseChoice(reader, changed, depth + 1);
  }
  if (!reader.take(')')) throw reader.error('a "(" without its ")"');
  return body;
}

function setFlags(flags: Flags, letters: string, value: boolean): void {
  if (letters.includes('i')) flags.fold = value;
  if (letters.includes('m')) flags.multiline = value;
  if (letters.includes('s')) flags.dotAll = value;
  if (letters.includes('U')) flags.ungreedy = value;
}

function parseQuoted(reader: Reader, flags: Flags): Expression[] {
  const parts: Expression[] = [];
  while (!reader.done && !reader.take('\\E')) parts.push(character(reader.next(), flags.fold));
  return parts;
}

const assertions = new Map<string, Assertion>([
  ['\\A', 'text-start'],
  ['\\z', 'text-end'],
  ['\\b', 'word-boundary'],
  ['\\B', 'no-word-boundary'],
]);

function parseEscape(reader: Reader, flags: Flags): Expression {
  const holds = assertions.get(reader.source.slice(reader.position, reader.position + 2));
  if (holds !== undefined) {
    reader.position += 2;
    return { type: 'assertion', holds };
  }
  const escaped = parseEscapedSet(reader);
  if (typeof escaped === 'number') return character(String.fromCodePoint(escaped), flags.fold);
  return { type: 'set', set: flags.fold ? foldCase(escaped) : escaped };
}

/** A character as the bytes that UTF-8 writes it in. */
function character(text: string, fold: boolean): Expression {
  const parts = [...Buffer.from(text, 'utf8')].map((byte): Expression => {
    const set = byteSet(byte);
    return { type: 'set', set: fold ? foldCase(set) : set };
  });
  return parts.length === 1 ? (parts[0] as Expression) : { type: 'sequence', parts };
}

function parseRepeats(reader: Reader, part: Expression, flags: Flags): Expression {
  const counts = parseCounts(reader);
  if (!counts) return part;
  const lazy = reader.take('?') !== flags.ungreedy;
  if (parseCounts(reader)) throw reader.error('a repetition of a repetition');
  return { type: 'repeat', body: part, ...counts, lazy };
}

function parseCounts(reader: Reader): { min: number; max: number } | undefined {
  if (reader.take('*')) return { min: 0, max: Infinity };
  if (reader.take('+')) return { min: 1, max: Infinity };
  if (reader.take('?')) return { min: 0, max: 1 };
  const match = reader.match(/\{(\d+)(,?)(\d*)\}/y);
  if (!match) return undefined;
  const min = Number(match[1]);
  const max = match[3] ? Number(match[3]) : match[2] ? Infinity : min;
  if (min > max || min > LONGEST_COUNT || (max !== Infinity && max > LONGEST_COUNT)) {
    throw reader.error(`a count out of order or above ${LONGEST_COUNT}`);
  }
  return { min, max };
}
