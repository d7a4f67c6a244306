/** How what goes wrong with a registry becomes a {@link ScanError}, and whether trying again may help. */
import { ScanError, type ReasonCode } from '../model.ts';

/** A failure that may pass: thrown inside the client only. */
export class Passing extends Error {
  readonly error: ScanError;
  /** The registry's own wish, by `Retry-After`. */
  readonly afterMs: number | undefined;
  constructor(error: ScanError, afterMs?: number) {
    super(error.message);
    this.error = error;
    this.afterMs = afterMs;
  }
}

export function registryFailure(code: ReasonCode, message: string, cause?: unknown): ScanError {
  return new ScanError({ code, message }, cause === undefined ? undefined : { cause });
}

/** What the network said instead of the registry. */
export function networkFailure(error: unknown, host: string): ScanError | Passing {
  const code = codeOf(error);
  const words =
    networkWords[code] ?? certificateWords(code) ?? (error instanceof Error ? error.message : String(error));
  const failure = registryFailure('registry-unreachable', `${host}: ${words || code}`, error);
  return passingCodes.has(code) ? new Passing(failure) : failure;
}

const networkWords: Partial<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'its name could not be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it accepts connections but does not answer',
  UND_ERR_BODY_TIMEOUT: 'it stopped in the middle of an answer',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
};

const passingCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

function certificateWords(code: string): string | undefined {
  if (!/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return undefined;
  return `its certificate cannot be verified (${code})`;
}

/** Node wraps the failures of several addresses in one error. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}

/** Text of a stranger, fit for a message: one line, no control characters, short. */
export function quoted(text: string, length = 200): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
