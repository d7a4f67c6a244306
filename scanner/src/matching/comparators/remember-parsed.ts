const mostRemembered = 20_000;
const mostLength = 64;

/**
 * Remembers what was parsed: advisories of one package repeat the same versions, often hundreds of them. Starts afresh
 * when it is full; long texts are not worth their room.
 */
export function rememberParsed<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const remembered = new Map<string, Parsed>();
  return (text) => {
    if (text.length > mostLength) return parse(text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const parsed = parse(text);
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(text, parsed);
    return parsed;
  };
}
