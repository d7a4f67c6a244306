import type { FuzzTarget } from './fuzz-target.ts';
import { mutateJson } from './mutate-json.ts';
import { Random } from './random.ts';

/** Longer inputs are cut: a parser whose time grows too fast shows it well before. */
export const mostInputBytes = 256 * 1024;

type Material = Pick<FuzzTarget, 'seeds' | 'words' | 'repair'>;
type Mutation = (input: Buffer, random: Random, target: Material) => Buffer;

/** The input with this number; the same for the same seed and target. */
export function makeInput(target: Material, seed: number, number: number): Uint8Array {
  const random = new Random(seed, number);
  let input: Buffer = Buffer.from(target.seeds[random.below(target.seeds.length)] ?? []);
  const changed = random.oneIn(2) ? mutateJson(input, random) : undefined;
  // What is well-formed gets further: mostly it stays so.
  if (changed !== undefined) input = changed;
  if (changed === undefined || random.oneIn(4)) {
    do {
      input = mutationFor(random)(input, random, target);
    } while (!random.oneIn(3));
  }
  if (input.length > mostInputBytes) input = input.subarray(0, mostInputBytes);
  if (target.repair !== undefined && random.oneIn(2)) target.repair(input);
  return input;
}

function mutationFor(random: Random): Mutation {
  // What makes inputs long is rare: it costs as much as hundreds of others.
  if (random.oneIn(500)) return random.pick([pump, nest]);
  return random.pick([
    flip,
    overwrite,
    setNumber,
    setNumber,
    setDigits,
    cut,
    double,
    move,
    putWord,
    putWord,
    splice,
    truncate,
  ]);
}

const flip: Mutation = (input, random) => {
  const at = random.below(input.length);
  if (input.length > 0) input[at] = (input[at] ?? 0) ^ (1 << random.below(8));
  return input;
};

const overwrite: Mutation = (input, random) => {
  const at = random.below(input.length);
  for (let i = at; i < Math.min(input.length, at + 1 + random.below(8)); i += 1) input[i] = random.below(256);
  return input;
};

/** A number of one to eight bytes that lies at an edge, or near the input's own length. */
const setNumber: Mutation = (input, random) => {
  const width = random.pick([1, 2, 4, 4, 8]);
  if (input.length < width) return input;
  const at = random.below(input.length - width + 1);
  const most = 2 ** (8 * width) - 1;
  const edges = [
    0,
    1,
    most,
    most - 1,
    (most - 1) / 2,
    (most + 1) / 2,
    input.length,
    input.length - at,
    at,
    random.below(input.length),
  ];
  const value = BigInt(
    Math.max(0, Math.min(most, Math.floor(edges[random.below(edges.length)] ?? 0) + random.below(3) - 1)),
  );
  const littleEndian = random.oneIn(2);
  for (let i = 0; i < width; i += 1) {
    input[at + (littleEndian ? i : width - 1 - i)] = Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 0xffn);
  }
  return input;
};

const numbers = [
  '0',
  '-1',
  '1',
  '7',
  '00000000000',
  '77777777777',
  '4294967296',
  '9007199254740993',
  '99999999999999999999',
  '1e309',
  '0x7f',
  'NaN',
] as const;

/** A number that is written with digits becomes another one. */
const setDigits: Mutation = (input, random) => {
  const from = random.below(input.length);
  const isDigit = (at: number): boolean => (input[at] ?? 0) >= 0x30 && (input[at] ?? 0) <= 0x39;
  let start = from;
  while (start < input.length && !isDigit(start)) start += 1;
  let end = start;
  while (end < input.length && isDigit(end)) end += 1;
  const text = Buffer.from(random.pick(numbers));
  // In a header the fields behind stay where they are.
  if (random.oneIn(2)) {
    text.copy(input, start);
    return input;
  }
  return Buffer.concat([input.subarray(0, start), text, input.subarray(end)]);
};

const cut: Mutation = (input, random) => {
  const [from, to] = range(input, random);
  return Buffer.concat([input.subarray(0, from), input.subarray(to)]);
};

const double: Mutation = (input, random) => {
  const [from, to] = range(input, random);
  return Buffer.concat([input.subarray(0, to), input.subarray(from)]);
};

const move: Mutation = (input, random) => {
  const [from, to] = range(input, random);
  return put(Buffer.concat([input.subarray(0, from), input.subarray(to)]), input.subarray(from, to), random);
};

const anyWords = [
  '\n',
  '\n\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '=',
  '/',
  '../',
  '-',
  '@',
  '__proto__',
  'constructor',
  '\ufeff',
  '\u2028',
  '\u00e9',
  '\ud83d\ude00',
  '\\ud800',
  '\x1b[2J',
] as const;
const brokenUtf8 = Buffer.of(0xc3, 0x28, 0xff, 0xfe);

const putWord: Mutation = (input, random, { words = [] }) => {
  const own = words[random.below(words.length)];
  if (own !== undefined && !random.oneIn(3)) return put(input, Buffer.from(own), random);
  return put(input, random.oneIn(20) ? brokenUtf8 : Buffer.from(random.pick(anyWords)), random);
};

const splice: Mutation = (input, random, { seeds }) => {
  const other = Buffer.from(seeds[random.below(seeds.length)] ?? []);
  const [from, to] = range(other, random);
  return put(input, other.subarray(from, to), random);
};

const truncate: Mutation = (input, random) => input.subarray(0, random.below(input.length + 1));

/** A few bytes over and over: shows what takes time with the square of the length. */
const pump: Mutation = (input, random) => {
  const from = random.below(input.length);
  const unit = random.oneIn(2) ? Buffer.from(random.pick(anyWords)) : input.subarray(from, from + 1 + random.below(12));
  if (unit.length === 0) return input;
  return put(input, Buffer.alloc(1024 << random.below(6), unit), random);
};

const nestings = ['[', '{"a":', '(', '[[', 'a.', '{a=', '((?:', '- '] as const;

const nest: Mutation = (input, random) =>
  put(input, Buffer.from(random.pick(nestings).repeat(16 << random.below(10))), random);

function put(input: Buffer, piece: Uint8Array, random: Random): Buffer {
  const at = random.below(input.length + 1);
  return Buffer.concat([input.subarray(0, at), piece, input.subarray(at)]);
}

/** Mostly short; now and then at the borders of lines or of 512 bytes, where many formats have their parts. */
function range(input: Buffer, random: Random): [number, number] {
  const at = random.below(input.length);
  switch (random.below(4)) {
    case 0: {
      const start = input.lastIndexOf(0x0a, at) + 1;
      const end = input.indexOf(0x0a, at);
      return [start, end === -1 ? input.length : end + 1];
    }
    case 1: {
      const start = at - (at % 512);
      return [start, Math.min(input.length, start + 512 * (1 + random.below(3)))];
    }
    default:
      return [at, Math.min(input.length, at + 1 + random.below(random.oneIn(4) ? 256 : 16))];
  }
}
