/** What can be said of an expression without running it: how wide its matches are, and where in them a keyword stands. */
import { members } from './byte-set.ts';
import type { Expression } from './expression.ts';

/** From the least to the most, in bytes; `max` may be infinite. */
export interface Span {
  min: number;
  max: number;
}

/** More texts than this are not enumerated. */
const MOST_TEXTS = 128;
/** As many as hexadecimal digits. */
const MOST_CASES = 16;

/** How wide a match can be. */
export function widthOf(tree: Expression): Span {
  switch (tree.type) {
    case 'set':
      return { min: 1, max: 1 };
    case 'assertion':
      return { min: 0, max: 0 };
    case 'group':
      return widthOf(tree.body);
    case 'sequence':
      return tree.parts.reduce((sum: Span, part) => plus(sum, widthOf(part)), { min: 0, max: 0 });
    case 'choice':
      return tree.branches.map((branch) => widthOf(branch)).reduce(cover);
    case 'repeat': {
      const body = widthOf(tree.body);
      return { min: body.min * tree.min, max: body.max === 0 ? 0 : body.max * tree.max };
    }
    default:
      return tree satisfies never;
  }
}

/**
 * How far behind the start of a match one of the keywords (lower case) begins; nothing unless every match holds one.
 */
export function keywordOffset(tree: Expression, keywords: readonly string[]): Span | undefined {
  const texts = textsOf(tree);
  if (texts) return offsetInTexts(texts, keywords);
  switch (tree.type) {
    case 'group':
      return keywordOffset(tree.body, keywords);
    case 'repeat':
      return tree.min > 0 ? keywordOffset(tree.body, keywords) : undefined;
    case 'sequence':
      return keywordPart(tree.parts, keywords)?.offset;
    case 'choice': {
      const offsets = tree.branches.map((branch) => keywordOffset(branch, keywords));
      return offsets.every((offset) => offset !== undefined) ? offsets.reduce(cover) : undefined;
    }
    case 'set':
    case 'assertion':
      return undefined;
    default:
      return tree satisfies never;
  }
}

/** Which part of a sequence brings the keyword, how wide what stands before it is, and the offset from the start. */
export function keywordPart(
  parts: readonly Expression[],
  keywords: readonly string[],
): { index: number; before: Span; offset: Span } | undefined {
  let before: Span = { min: 0, max: 0 };
  let best: { index: number; before: Span; offset: Span } | undefined;
  for (let index = 0; index < parts.length; index++) {
    const inside = offsetInRun(parts, index, keywords);
    if (inside) {
      const offset = plus(before, inside);
      if (!best || offset.max - offset.min < best.offset.max - best.offset.min) best = { index, before, offset };
    }
    before = plus(before, widthOf(parts[index] as Expression));
  }
  return best;
}

/**
 * Looks for the keyword in the longest run of parts with few texts that begins at `from`, else in that part alone. A run is
 * not followed further than a keyword that begins in its first part can reach: one that begins later has a run of its own.
 */
function offsetInRun(parts: readonly Expression[], from: number, keywords: readonly string[]): Span | undefined {
  const first = parts[from];
  const firstTexts = first && textsOf(first);
  const longest = Math.max(0, ...keywords.map(({ length }) => length));
  const reach = longest + Math.max(0, ...(firstTexts ?? []).map(({ length }) => length));
  let texts: string[] | undefined = [''];
  for (let index = from; index < parts.length; index++) {
    const part = parts[index] as Expression;
    const whole = textsOf(part);
    const added = whole ?? beginningsOf(part);
    const joined: string[] | undefined = added && texts ? product(texts, added) : undefined;
    if (!joined) break;
    texts = joined;
    const offset = offsetInTexts(texts, keywords);
    if (offset) return offset;
    if (!whole || texts.every(({ length }) => length > reach)) break;
  }
  return first && !firstTexts ? keywordOffset(first, keywords) : undefined;
}

/** Of a part that takes many texts, what each begins with: `ab` of `(?:ab)+`. */
function beginningsOf(part: Expression): string[] | undefined {
  if (part.type === 'group') return beginningsOf(part.body);
  return part.type === 'repeat' && part.min > 0 ? textsOf(part.body) : undefined;
}

function offsetInTexts(texts: readonly string[], keywords: readonly string[]): Span | undefined {
  const offsets = texts.map((text) => {
    const found = keywords.map((keyword) => text.indexOf(keyword)).filter((index) => index >= 0);
    return found.length > 0 ? Math.min(...found) : undefined;
  });
  if (!offsets.every((offset) => offset !== undefined)) return undefined;
  return { min: Math.min(...offsets), max: Math.max(...offsets) };
}

/** All texts (lower case) that the expression takes, where they are few; nothing where they are many. */
function textsOf(tree: Expression): string[] | undefined {
  switch (tree.type) {
    case 'set': {
      const cases = new Set(members(tree.set).map((byte) => String.fromCharCode(byte).toLowerCase()));
      return cases.size <= MOST_CASES ? [...cases] : undefined;
    }
    case 'assertion':
      return [''];
    case 'group':
      return textsOf(tree.body);
    case 'sequence':
      return tree.parts.reduce((texts: string[] | undefined, part) => join(texts, textsOf(part)), ['']);
    case 'choice': {
      const all = tree.branches.map((branch) => textsOf(branch));
      const flat = all.every((texts) => texts !== undefined) ? [...new Set(all.flat())] : undefined;
      return flat && flat.length <= MOST_TEXTS ? flat : undefined;
    }
    case 'repeat': {
      if (tree.max > 8) return undefined;
      const body = textsOf(tree.body);
      let texts: string[] | undefined = [''];
      let all: string[] = tree.min === 0 ? [''] : [];
      for (let count = 1; count <= tree.max && texts; count++) {
        texts = join(texts, body);
        if (texts && count >= tree.min) all = [...all, ...texts];
      }
      return texts && all.length <= MOST_TEXTS ? [...new Set(all)] : undefined;
    }
    default:
      return tree satisfies never;
  }
}

function join(left: string[] | undefined, right: string[] | undefined): string[] | undefined {
  return left && right ? product(left, right) : undefined;
}

function product(left: string[], right: string[]): string[] | undefined {
  if (left.length * right.length > MOST_TEXTS) return undefined;
  return left.flatMap((start) => right.map((end) => start + end));
}

function plus(left: Span, right: Span): Span {
  return { min: left.min + right.min, max: left.max + right.max };
}

function cover(left: Span, right: Span): Span {
  return { min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) };
}
