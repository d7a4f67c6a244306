/**
 * Composite rules (`[[rules.required]]`): a match counts only where the rules that its rule requires match near it.
 * Distances are gitleaks': between the beginnings of both matches.
 * Source: https://github.com/gitleaks/gitleaks/blob/master/detect/detect.go, `withinProximity`; detect/location.go
 */
import type { Bounds } from './compile-rule.ts';

export interface Place {
  line: number;
  column: number;
}

/** Of a rule that tells files by their path alone. */
export const placeOfFile: Place = { line: 0, column: 0 };

/**
 * Lines from 1 and columns of offsets in ascending order. Columns count from 1 in the first line and from 2 in others,
 * since gitleaks measures from the newline: what is compared are their differences.
 */
export function placesOf(bytes: Uint8Array, offsets: readonly number[]): Place[] {
  let line = 1;
  let newline = 0;
  let next = bytes.indexOf(0x0a);
  return offsets.map((offset) => {
    while (next >= 0 && next <= offset) {
      line++;
      newline = next;
      next = bytes.indexOf(0x0a, next + 1);
    }
    return { line, column: offset - newline + 1 };
  });
}

/** Whether one of the places, which are sorted, is as near as is required. */
export function hasNear(
  place: Place,
  { withinLines = Infinity, withinColumns = Infinity }: Bounds,
  places: readonly Place[],
): boolean {
  for (let at = firstFromLine(places, place.line - withinLines); at < places.length; at++) {
    const other = places[at] as Place;
    if (other.line > place.line + withinLines) return false;
    if (Math.abs(other.column - place.column) <= withinColumns) return true;
  }
  return false;
}

function firstFromLine(places: readonly Place[], line: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as Place).line < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
