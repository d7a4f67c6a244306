/**
 * Shannon entropy in bits, as gitleaks computes it: over characters, divided by the length in bytes, so that both agree
 * on what lies above a rule's threshold. Takes UTF-8 bytes read as Latin-1.
 */
export function shannonEntropy(latin1: string): number {
  if (latin1.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const character of Buffer.from(latin1, 'latin1').toString('utf8')) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / latin1.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}
