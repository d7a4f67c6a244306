/** JSON from strangers that the parent process reads itself: it must not take many times the memory of its text. */

/** Text that is no JSON, or has too many values. */
export class DocumentUnreadable extends Error {}

/** Far more than manifests and configurations have. */
const mostValues = 200_000;

/** Whether so many letters of these stand in it, inside of texts or not: what stands before values. */
export function hasMore(bytes: Uint8Array, letters: string, most: number): boolean {
  if (bytes.length <= most) return false;
  const counts = new Uint8Array(256);
  for (const letter of letters) counts[letter.charCodeAt(0)] = 1;
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) count += counts[bytes[at] ?? 0] ?? 0;
  return count > most;
}

/** Throws {@link DocumentUnreadable}, whose message goes on a sentence about the document. */
export function parseDocument(bytes: Uint8Array, most = mostValues): unknown {
  if (hasMore(bytes, ',[{', most)) throw new DocumentUnreadable(`it has more than ${most} values`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new DocumentUnreadable('it is not JSON', { cause: error });
  }
}
