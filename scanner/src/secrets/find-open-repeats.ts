/**
 * Whether a backtracking matcher could need more time than in proportion to the text. RE2 never does, so rules are
 * written without a thought of it.
 */
import { addTo, byteSet, type ByteSet } from './byte-set.ts';
import type { Expression } from './expression.ts';

/**
 * True where repetitions without bound stand inside one another, or more than one of them after another without
 * a character between them that ends the earlier one for certain.
 */
export function hasOpenRepeats(tree: Expression): boolean {
  return openRepeats(tree, []) > 1;
}

/** How many repetitions without a bound or a certain end follow one another; `following` is what comes after the tree. */
function openRepeats(tree: Expression, following: readonly Expression[]): number {
  switch (tree.type) {
    case 'set':
    case 'assertion':
      return 0;
    case 'group':
      return openRepeats(tree.body, following);
    case 'sequence':
      return tree.parts.reduce(
        (sum, part, index) => sum + openRepeats(part, [...tree.parts.slice(index + 1), ...following]),
        0,
      );
    case 'choice':
      return Math.max(...tree.branches.map((branch) => openRepeats(branch, following)));
    case 'repeat': {
      const inside = openRepeats(tree.body, []);
      if (inside > 0 && tree.max > 1) return Infinity;
      if (tree.max !== Infinity) return inside;
      return tree.body.type === 'set' && endsForCertain(tree.body.set, following) ? 0 : 1;
    }
    default:
      return tree satisfies never;
  }
}

/** Whether what follows must begin with a byte that the repeated set does not take. */
function endsForCertain(repeated: ByteSet, following: readonly Expression[]): boolean {
  const { first, empty } = beginning({ type: 'sequence', parts: [...following] });
  return !empty && first.every((member, byte) => member === 0 || repeated[byte] === 0);
}

/** The bytes a match can begin with, and whether it can be empty. */
function beginning(tree: Expression): { first: ByteSet; empty: boolean } {
  switch (tree.type) {
    case 'set':
      return { first: tree.set, empty: false };
    case 'assertion':
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
