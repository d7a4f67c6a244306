/**
 * Whether a backtracking matcher could need far more time than in proportion to the text. RE2 never does, so rules are
 * written without a thought of it.
 */
import { addTo, byteSet, type ByteSet } from './byte-set.ts';
import type { Expression } from './expression.ts';

const NEWLINE = 0x0a;
/** What a repetition without a bound counts for: no match is longer. */
const UNBOUNDED = 16_384;
/** Ways to go from one place of the text; a matcher tries some hundred million in a second. */
const MOST_WAYS = 10_000_000;

/**
 * True where a matcher may have to try very many ways from one place: repetitions inside one another, or after another
 * without a character between them that ends the earlier one for certain.
 */
export function hasOpenRepeats(tree: Expression): boolean {
  return waysThrough(tree, nothing) > MOST_WAYS;
}

const nothing: Expression = { type: 'sequence', parts: [] };

/** In how many ways a matcher could go through the tree at worst; `next` is what comes after it. */
function waysThrough(tree: Expression, next: Expression): number {
  switch (tree.type) {
    case 'set':
    case 'assertion':
      return 1;
    case 'group':
      return waysThrough(tree.body, next);
    case 'sequence': {
      // From the last to the first: what comes after each part is one part more than what came after the one behind it.
      let ways = 1;
      let after = next;
      for (const part of tree.parts.toReversed()) {
        ways *= waysThrough(part, after);
        after = { type: 'sequence', parts: [part, after] };
        // Remembered, so that nobody has to go down all of a long tail at once.
        cannotFail(after);
        beginning(after);
      }
      return ways;
    }
    case 'choice': {
      const ways = tree.branches.map((branch) => waysThrough(branch, next));
      return beginApart(tree.branches) ? Math.max(...ways) : ways.reduce((sum, some) => sum + some, 0);
    }
    case 'repeat': {
      const round: Expression = { type: 'sequence', parts: [tree.body, next] };
      const again: Expression = tree.max > 1 ? { type: 'choice', branches: [round, next] } : next;
      const once = waysThrough(tree.body, again);
      const ends = cannotFail(next) || beginApart([tree.body, next]);
      const lengths = ends ? 1 : Math.min(tree.max, UNBOUNDED) - tree.min + 1;
      return once ** Math.min(tree.max, UNBOUNDED) * lengths;
    }
    default:
      return tree satisfies never;
  }
}

const remembered = { cannotFail: new WeakMap<Expression, boolean>(), beginning: new WeakMap<Expression, Beginning>() };

/** Whether all of it may be left out: what stands before it is then never taken back. */
function cannotFail(tree: Expression): boolean {
  const known = remembered.cannotFail.get(tree) ?? findCannotFail(tree);
  remembered.cannotFail.set(tree, known);
  return known;
}

function findCannotFail(tree: Expression): boolean {
  switch (tree.type) {
    case 'set':
    case 'assertion':
      return false;
    case 'group':
      return cannotFail(tree.body);
    case 'repeat':
      return tree.min === 0 || cannotFail(tree.body);
    case 'choice':
      return tree.branches.some((branch) => cannotFail(branch));
    case 'sequence':
      return tree.parts.every((part) => cannotFail(part));
    default:
      return tree satisfies never;
  }
}

/** Whether the next byte tells for certain which of the trees goes on. */
function beginApart(trees: readonly Expression[]): boolean {
  const taken = byteSet();
  for (const tree of trees) {
    const { first, empty } = beginning(tree);
    if (empty || first.some((member, byte) => member === 1 && taken[byte] === 1)) return false;
    addTo(taken, first);
  }
  return true;
}

/** The bytes a match can begin with, and whether it can be empty. */
interface Beginning {
  first: ByteSet;
  empty: boolean;
}

function beginning(tree: Expression): Beginning {
  const known = remembered.beginning.get(tree) ?? findBeginning(tree);
  remembered.beginning.set(tree, known);
  return known;
}

function findBeginning(tree: Expression): Beginning {
  switch (tree.type) {
    case 'set':
      return { first: tree.set, empty: false };
    case 'assertion':
      // Nothing goes on behind an end.
      if (tree.holds === 'text-end') return { first: byteSet(), empty: false };
      if (tree.holds === 'line-end') return { first: byteSet(NEWLINE), empty: false };
      return { first: byteSet(), empty: true };
    case 'group':
      return beginning(tree.body);
    case 'repeat': {
      const body = beginning(tree.body);
      return { first: body.first, empty: body.empty || tree.min === 0 };
    }
    case 'choice': {
      const first = byteSet();
      const branches = tree.branches.map((branch) => beginning(branch));
      for (const branch of branches) addTo(first, branch.first);
      return { first, empty: branches.some((branch) => branch.empty) };
    }
    case 'sequence': {
      const first = byteSet();
      for (const part of tree.parts) {
        const next = beginning(part);
        addTo(first, next.first);
        if (!next.empty) return { first, empty: false };
      }
      return { first, empty: true };
    }
    default:
      return tree satisfies never;
  }
}
