/** The shortest input found, by leaving pieces out, with which `isFind` still holds. Gives up after `most` tries. */
export async function shrink(
  input: Uint8Array,
  isFind: (input: Uint8Array) => Promise<boolean>,
  most = 2000,
): Promise<Uint8Array> {
  let best = Buffer.from(input);
  let tries = 0;
  for (let piece = Math.ceil(best.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let at = 0; at < best.length && tries < most; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + piece)]);
      tries += 1;
      if (await isFind(shorter)) best = shorter;
      else at += piece;
    }
  }
  return best;
}
