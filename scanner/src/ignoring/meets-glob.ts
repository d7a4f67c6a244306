/** Whether a path meets a glob: `*` and `?` stand for characters within a name, `**` for any number of folders, also none. */
export function meetsGlob(glob: string, path: string): boolean {
  return meets(glob.split('/'), path.split('/'), (pattern, name) => pattern === '**' || meetsName(pattern, name), '**');
}

function meetsName(pattern: string, name: string): boolean {
  return meets(Array.from(pattern), Array.from(name), (one, character) => one === '?' || one === character, '*');
}

/**
 * The classic walk with one step back: what the last `any` stands for grows by one where the rest does not fit. Never more
 * steps than both lengths multiplied, whatever the pattern: it can come from anybody.
 */
function meets(
  pattern: readonly string[],
  texts: readonly string[],
  fits: (part: string, text: string) => boolean,
  any: string,
): boolean {
  let part = 0;
  let text = 0;
  let lastAny = -1;
  let resume = 0;
  while (text < texts.length) {
    if (pattern[part] === any) {
      lastAny = part++;
      resume = text;
    } else if (part < pattern.length && fits(pattern[part] ?? '', texts[text] ?? '')) {
      part++;
      text++;
    } else if (lastAny >= 0) {
      part = lastAny + 1;
      text = ++resume;
    } else return false;
  }
  return pattern.slice(part).every((rest) => rest === any);
}
