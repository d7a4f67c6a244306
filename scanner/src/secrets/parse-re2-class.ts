/** Character classes and escapes of RE2: `[a-z]`, `[^[:alnum:]_]`, `\d`, `\x60`, `\pL`. */
import {
  addTo,
  byteSet,
  type ByteSet,
  complement,
  digitBytes,
  foldCase,
  highBytes,
  spaceBytes,
  wordBytes,
} from './byte-set.ts';
import type { Expression, Reader } from './expression.ts';

const upper = byteSet([0x41, 0x5a]);
const lower = byteSet([0x61, 0x7a]);
const letters = byteSet([0x41, 0x5a], [0x61, 0x7a]);
const lettersAndDigits = byteSet([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a]);

const posixClasses = new Map<string, ByteSet>([
  ['alnum', lettersAndDigits],
  ['alpha', letters],
  ['ascii', byteSet([0, 0x7f])],
  ['blank', byteSet(0x09, 0x20)],
  ['cntrl', byteSet([0, 0x1f], 0x7f)],
  ['digit', digitBytes],
  ['graph', byteSet([0x21, 0x7e])],
  ['lower', lower],
  ['print', byteSet([0x20, 0x7e])],
  ['punct', byteSet([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', byteSet([0x09, 0x0d], 0x20)],
  ['upper', upper],
  ['word', wordBytes],
  ['xdigit', byteSet([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);

/** Bytes above ASCII count as letters: text in other scripts consists of little else. */
const unicodeClasses = new Map<string, ByteSet>([
  ['L', withHigh(letters)],
  ['Lu', withHigh(upper)],
  ['Ll', withHigh(lower)],
  ['N', digitBytes],
  ['Nd', digitBytes],
]);

const perlClasses = new Map<string, ByteSet>([
  ['d', digitBytes],
  ['D', complement(digitBytes)],
  ['s', spaceBytes],
  ['S', complement(spaceBytes)],
  ['w', wordBytes],
  ['W', complement(wordBytes)],
]);

const controls = new Map<string, number>([
  ['a', 0x07],
  ['f', 0x0c],
  ['t', 0x09],
  ['n', 0x0a],
  ['r', 0x0d],
  ['v', 0x0b],
]);

/** Reads a class after its `[`. Members above ASCII are taken as any character above ASCII. */
export function parseClass(reader: Reader, fold: boolean): Expression {
  const negated = reader.take('^');
  const set = byteSet();
  let aboveAscii = false;
  for (let first = true; first || reader.peek() !== ']'; first = false) {
    if (reader.done) throw reader.error('a "[" without its "]"');
    const from = parseMember(reader);
    if (typeof from !== 'number') {
      addTo(set, from);
      continue;
    }
    const to = parseRangeEnd(reader) ?? from;
    if (to < from) throw reader.error('a range out of order');
    if (from < 0x80) addTo(set, byteSet([from, Math.min(to, 0x7f)]));
    aboveAscii ||= to >= 0x80;
  }
  reader.take(']');
  const folded = fold ? foldCase(set) : set;
  if (negated) return { type: 'set', set: complement(aboveAscii ? withHigh(folded) : folded) };
  if (!aboveAscii) return { type: 'set', set: folded };
  return { type: 'choice', branches: [{ type: 'set', set: folded }, characterAboveAscii()] };
}

/** The end of a range; nothing where `-` stands for itself. */
function parseRangeEnd(reader: Reader): number | undefined {
  const before = reader.position;
  if (!reader.take('-')) return undefined;
  if (reader.peek() === ']' || reader.done) {
    reader.position = before;
    return undefined;
  }
  const end = parseMember(reader);
  if (typeof end !== 'number') throw reader.error('a range that ends in a class');
  return end;
}

function parseMember(reader: Reader): number | ByteSet {
  const posix = reader.match(/\[:(\^?)([a-z]+):\]/y);
  if (posix) {
    const set = posixClasses.get(posix[2] ?? '');
    if (!set) throw reader.error(`no class [:${posix[2]}:]`);
    return posix[1] ? complement(set) : set;
  }
  return reader.peek() === '\\' ? parseEscapedSet(reader) : (reader.next().codePointAt(0) ?? 0);
}

/** Reads an escape: the code point it stands for, or a class. */
export function parseEscapedSet(reader: Reader): number | ByteSet {
  reader.take('\\');
  if (reader.done) throw reader.error('a "\\" at the end');
  const numeric = reader.match(/x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
  if (numeric) {
    const code = numeric[3] ? Number.parseInt(numeric[3], 8) : Number.parseInt(numeric[1] ?? numeric[2] ?? '', 16);
    if (code > 0x10ffff) throw reader.error('a code point above 10FFFF');
    return code;
  }
  const property = reader.match(/([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/y);
  if (property) {
    const name = property[3] ?? property[4] ?? '';
    const set = unicodeClasses.get(name);
    if (!set) throw reader.error(`the Unicode class ${name} is not supported`);
    return (property[1] === 'P') === (property[2] === '^') ? set : complement(set);
  }
  const character = reader.next();
  const known = perlClasses.get(character) ?? controls.get(character);
  if (known !== undefined) return known;
  if (/[A-Za-z0-9]/.test(character)) throw reader.error(`the escape \\${character} is not one of RE2's`);
  return character.codePointAt(0) ?? 0;
}

/** One character above ASCII as UTF-8 writes it. */
function characterAboveAscii(): Expression {
  const following: Expression = { type: 'set', set: byteSet([0x80, 0xbf]) };
  const lead: Expression = { type: 'set', set: byteSet([0xc2, 0xf4]) };
  return { type: 'sequence', parts: [lead, { type: 'repeat', body: following, min: 1, max: 3, lazy: false }] };
}

function withHigh(set: ByteSet): ByteSet {
  const joined = set.slice();
  addTo(joined, highBytes);
  return joined;
}
