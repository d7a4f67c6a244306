/**
 * Texts from images and advisories on their way to a terminal. What an image holds is its maker's: an escape sequence in
 * a package name must not move the cursor, and a bidirectional mark must not make a line read differently.
 */

/** Controls, invisible and reordering marks, line and paragraph separators, halves of characters, private and unassigned ones. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;
/** More marks on one letter than any language has; they would paint over the lines around. */
const heapedMarks = /(\p{M}{4})\p{M}+/gu;
const space = /[\t\n\r\u0085\u2028\u2029]+/g;

const zeroWidth = /^\p{M}$/u;
/** Shown over two cells: East Asian scripts and their punctuation, full-width forms, emoji. */
const doubleWidth =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Yi}\p{Emoji_Presentation}\u{2e80}-\u{303e}\u{3041}-\u{33ff}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
const onlyAscii = /^[\x20-\x7e]*$/;

/** The text on one line, with nothing in it that steers a terminal; what was there shows as `�`. */
export function plainText(text: string): string {
  if (onlyAscii.test(text)) return text;
  return text.replace(space, ' ').replace(unprintable, '\u{fffd}').replace(heapedMarks, '$1');
}

/** Terminal cells that a {@link plainText} takes. */
export function displayWidth(text: string): number {
  if (onlyAscii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cuts a text to so many cells, with `…` at its end where something is missing. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Fills up with spaces to so many cells. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Breaks a text into lines of at most so many cells, at spaces where there are any; all but the first are indented. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    while (displayWidth(word) > width - indent.length) {
      // One word without end, such as a path: cut it to the room that a line has.
      if (line.trim() !== '') lines.push(line);
      const head = fitCharacters(word, width - indent.length);
      lines.push((lines.length === 0 ? '' : indent) + head);
      word = word.slice(head.length);
      line = indent;
    }
    const joined = line.trim() === '' ? line + word : `${line} ${word}`;
    if (displayWidth(joined) <= width) line = joined;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  if (line.trim() !== '') lines.push(line);
  return lines;
}

/** The longest beginning of at most so many cells; at least one character, so that cutting comes to an end. */
function fitCharacters(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (kept !== '' && used > width) break;
    kept += character;
  }
  return kept;
}

function characterWidth(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return doubleWidth.test(character) ? 2 : 1;
}
