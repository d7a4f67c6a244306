import { displayWidth, fit, pad, plainText } from '../plain-text.ts';

export interface Column {
  title: string;
  /** Cells wider than this end in an ellipsis. */
  maxWidth: number;
  /** Shown only where this much room is left by the columns before it, and any cell has content. The last column only. */
  optionalFrom?: number;
  /** Colours a cell that is already padded; `text` is its content. */
  paint?: (padded: string, text: string) => string;
}

const gap = 2;
/** Columns are not squeezed below this for the sake of others. */
const minWidth = 8;

/**
 * Lines of a table with its titles. Cells are made safe for a terminal here, so that nobody can forget it. The widest
 * columns give way until the table fits.
 */
export function layOutColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const texts = rows.map((row) => columns.map((_, index) => plainText(row[index] ?? '')));
  const naturals = columns.map(({ title }, index) =>
    texts.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? '')), displayWidth(title)),
  );
  const shown = withoutOptional(columns, texts, naturals, width);
  const widths = shown.map(({ maxWidth }, index) => Math.min(naturals[index] ?? 0, maxWidth));
  squeeze(widths, width - gap * (shown.length - 1));

  const line = (cellOf: (column: Column, width: number, index: number) => string): string =>
    shown
      .map((column, index) => cellOf(column, widths[index] ?? 0, index))
      .join(' '.repeat(gap))
      .trimEnd();
  return [
    line(({ title }, width) => pad(title, width)),
    ...texts.map((row) =>
      line(({ paint }, width, index) => {
        const text = fit(row[index] ?? '', width);
        const padded = index === shown.length - 1 ? text : pad(text, width);
        return paint ? paint(padded, text) : padded;
      }),
    ),
  ];
}

function withoutOptional(
  columns: readonly Column[],
  texts: readonly (readonly string[])[],
  naturals: readonly number[],
  width: number,
): readonly Column[] {
  const last = columns.at(-1);
  if (last?.optionalFrom === undefined) return columns;
  const others = columns.slice(0, -1);
  const used = others.reduce((sum, { maxWidth }, index) => sum + gap + Math.min(naturals[index] ?? 0, maxWidth), 0);
  const room = width - used;
  if (room < last.optionalFrom || texts.every((row) => (row[others.length] ?? '') === '')) return others;
  return [...others, { ...last, maxWidth: room }];
}

function squeeze(widths: number[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= minWidth) return;
    widths[widest] = width - 1;
    excess -= 1;
  }
}
