import type { ScanReport } from '../model.ts';

/** Escaped in strings, though JSON does not ask for it: terminals act on them, or hide them, when the file is shown. */
const unprintable = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The report as it is, see docs/report-format.md. Indented, ending with a line end. */
export function renderJson(report: ScanReport): string {
  return safeJson(report);
}

/** JSON that can be shown on a terminal: the same value, with what steers a terminal written as `\uXXXX`. */
export function safeJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2).replace(unprintable, escapeUnits)}\n`;
}

function escapeUnits(character: string): string {
  let escaped = '';
  for (let i = 0; i < character.length; i += 1) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
