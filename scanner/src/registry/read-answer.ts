/** Reads a whole answer, within a limit. */
import { ScanError } from '../model.ts';
import { cancelled, type Answer } from './exchange.ts';
import { networkFailure, registryFailure } from './registry-failure.ts';

/** The bytes of an answer. Throws `registry-error` for one of more than `most` bytes. */
export async function readAnswer(answer: Answer, most: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > most) {
        throw registryFailure(
          'registry-error',
          `${answer.url.host} answers with more than ${most} bytes, which is refused`,
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ScanError) throw error;
    throw cancelled(signal) ?? networkFailure(error, answer.url.host);
  }
  return Buffer.concat(chunks);
}
