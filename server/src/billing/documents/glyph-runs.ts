/**
 * Which font has which character: Latin stands in the standard font that every reader of PDF has; what that lacks comes from
 * Noto Sans SC, of which the parts that are needed are embedded; what neither has is written as its code point.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import decompressWoff2 from 'woff2-encoder/decompress';
import { z } from 'zod';

/** Text in one font. */
export interface GlyphRun {
  /** The standard font, or the name of a part of the embedded one. */
  readonly font: string;
  readonly text: string;
}

export const latinFont = 'Helvetica';

/** Splits a text into runs, in order. Never empty for a text that is not; control characters are told, never obeyed. */
export function glyphRuns(text: string): GlyphRun[] {
  const runs: GlyphRun[] = [];
  for (const character of text.toWellFormed()) {
    const run = runOf(character);
    const last = runs.at(-1);
    if (last?.font === run.font) runs[runs.length - 1] = { ...last, text: last.text + run.text };
    else runs.push(run);
  }
  return runs;
}

/** Without line breaks inside: those are the layout's. */
function runOf(character: string): GlyphRun {
  if (/^[\x20-\x7e\xa1-\xac\xae-\xff]$/.test(character)) return { font: latinFont, text: character };
  const codePoint = character.codePointAt(0) ?? 0;
  const part = /^[\p{C}\p{Z}]$/u.test(character) ? undefined : partWith(codePoint);
  if (part !== undefined) return { font: part, text: character };
  return { font: latinFont, text: `\\u{${codePoint.toString(16)}}` };
}

/** The font comes in parts of some hundred characters each; the file says which are where. */
const packageName = '@fontsource-variable/noto-sans-sc';
const ranges = z.record(z.string(), z.string()).transform((parts) =>
  Object.entries(parts).map(([name, list]) => ({
    file: `noto-sans-sc-${name.replace(/^\[(.*)\]$/, '$1')}-wght-normal.woff2`,
    ranges: list.split(',').map((range) => {
      const [first = 0, last = first] = range
        .replace('U+', '')
        .split('-')
        .map((hex) => Number.parseInt(hex, 16));
      return { first, last };
    }),
  })),
);

let parts: z.output<typeof ranges> | undefined;

function partWith(codePoint: number): string | undefined {
  parts ??= ranges.parse(JSON.parse(readFileSync(packageFile('unicode.json'), 'utf8')));
  const part = parts.find((each) => each.ranges.some(({ first, last }) => codePoint >= first && codePoint <= last));
  return part?.file;
}

const loaded = new Map<string, Promise<Buffer>>();

/** The parts of the embedded font that these texts need, by their names, in the order in which they are needed. */
export async function loadFonts(texts: readonly string[]): Promise<Map<string, Buffer>> {
  const fonts = new Map<string, Buffer>();
  for (const { font } of texts.flatMap(glyphRuns)) {
    if (font === latinFont || fonts.has(font)) continue;
    const file = loaded.get(font) ?? readFont(font);
    loaded.set(font, file);
    fonts.set(font, await file);
  }
  return fonts;
}

/** Unpacked, because the library that embeds it draws nothing of a packed one. */
async function readFont(file: string): Promise<Buffer> {
  return Buffer.from(await decompressWoff2(await readFile(packageFile(`files/${file}`))));
}

function packageFile(path: string): string {
  return fileURLToPath(import.meta.resolve(`${packageName}/${path}`));
}
