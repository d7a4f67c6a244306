/** Breaks a text into lines of at most so much width: between words, and inside one that is longer than a line. */
export function breakLines(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const word of text.split(/(?<= )/)) {
    const wordWidth = widthOf(word.trimEnd());
    if (taken + wordWidth > width && line !== '') {
      lines.push(line.trimEnd());
      line = '';
      taken = 0;
    }
    if (wordWidth <= width) {
      line += word;
      taken += widthOf(word);
      continue;
    }
    for (const character of word) {
      const characterWidth = widthOf(character);
      if (taken + characterWidth > width && line !== '') {
        lines.push(line);
        line = '';
        taken = 0;
      }
      line += character;
      taken += characterWidth;
    }
  }
  return [...lines, line.trimEnd()];
}
