/** A blob as a stream that ends with an error when its bytes are not those of its digest. */
import { createHash } from 'node:crypto';
import { ScanError } from '../model.ts';
import { cancelled, type Answer } from './exchange.ts';
import { registryFailure } from './registry-failure.ts';

export interface ExpectedBlob {
  digest: string;
  /** As the manifest says; a blob that is longer is cut off there. */
  sizeBytes: number | undefined;
}

/** A connection that breaks is taken up again where it broke, this often. */
const mostResumptions = 3;

/** `resume` asks for the rest from a byte on. `first` is the answer to the whole. */
export async function* verifiedBlob(
  first: Answer,
  resume: (fromByte: number) => Promise<Answer>,
  { digest, sizeBytes }: ExpectedBlob,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let received = 0;
  let answer = first;
  for (let resumptions = 0; ; resumptions++) {
    let skip = answer.status === 206 ? 0 : received;
    try {
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
        const part = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
        skip = Math.max(0, skip - chunk.length);
        if (part.length === 0) continue;
        received += part.length;
        if (sizeBytes !== undefined && received > sizeBytes) {
          throw registryFailure(
            'digest-mismatch',
            `${digest} is longer than the ${sizeBytes} bytes that its manifest says`,
          );
        }
        hash.update(part);
        yield part;
      }
      break;
    } catch (error) {
      if (error instanceof ScanError) throw error;
      const stopped = cancelled(signal);
      if (stopped) throw stopped;
      if (received === sizeBytes) break;
      if (resumptions >= mostResumptions) throw truncated(error);
      answer = await resume(received).catch((failure: unknown) => {
        throw failure instanceof ScanError && failure.reason.code === 'cancelled' ? failure : truncated(failure);
      });
    }
  }
  if (sizeBytes !== undefined && received < sizeBytes) throw truncated(undefined);
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw registryFailure('digest-mismatch', `what was sent as ${digest} is ${actual}`);

  function truncated(cause: unknown): ScanError {
    const whole = sizeBytes === undefined ? '' : ` of ${sizeBytes}`;
    return registryFailure('layer-truncated', `${digest} broke off after ${received}${whole} bytes`, cause);
  }
}
