/**
 * JSON with one text for one value: keys in the order of their UTF-16 code units, no white space, numbers and strings as
 * `JSON.stringify` writes them (as RFC 8785 does). Only plain JSON goes in.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  const text = JSON.stringify(value);
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- it is undefined for what is no JSON
  if (text === undefined) throw new TypeError(`a ${typeof value} is no JSON`);
  return text;
}
