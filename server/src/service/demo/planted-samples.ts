/**
 * What a scan of the demo is meant to find, put together at run time: neither the repository nor its checkout holds a
 * string that a scanner or an anti-virus program takes for a real one.
 */
import { createHash } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The test string that every anti-virus program knows; harmless. Source: eicar.org. */
export function eicarTestString(): string {
  return ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-', 'STANDARD-', 'ANTIVIRUS-', 'TEST-FILE!$H+H*'].join('');
}

/** Looks like a personal access token of GitHub, and opens nothing. */
export function fakeGitHubToken(): string {
  return ['gh', 'p_', scrambled('demo token', letters, 36)].join('');
}

/** Looks like the id of an AWS access key, and opens nothing. */
export function fakeAwsKeyId(): string {
  return ['AK', 'IA', scrambled('demo key', base32, 16)].join('');
}

/** Looks like a private key, and is none: its body is scrambled text. */
export function fakePrivateKey(): string {
  const line = (part: string): string => ['-----', part, ' RSA PRIVATE ', 'KEY-----'].join('');
  const body = Array.from({ length: 12 }, (_, row) => scrambled(`key line ${row}`, letters, 64));
  return [line('BEGIN'), ...body, line('END'), ''].join('\n');
}

/** Characters without a pattern, always the same for the same seed. */
function scrambled(seed: string, alphabet: string, length: number): string {
  let text = '';
  for (let round = 0; text.length < length; round += 1) {
    const hash = createHash('sha256').update(`${seed} ${round}`).digest();
    for (const byte of hash) text += alphabet[byte % alphabet.length];
  }
  return text.slice(0, length);
}
