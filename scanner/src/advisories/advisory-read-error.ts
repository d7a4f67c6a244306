/** Why advisories could not be read. `code` is stable, the message names the file. */
export class AdvisoryReadError extends Error {
  readonly code: AdvisoryReadCode;
  constructor(code: AdvisoryReadCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AdvisoryReadError';
    this.code = code;
  }
}

export type AdvisoryReadCode =
  /** There is no such file or folder, or it may not be read. */
  | 'advisories-unreadable'
  /** A folder or archive without a single file of advisories. */
  | 'advisories-none'
  /** A compressed file or an archive is broken. */
  | 'advisories-corrupt'
  /** Unpacks to more than it may: a decompression bomb. */
  | 'advisories-too-large'
  /** One record, line or document is larger, or deeper nested, than any advisory. */
  | 'advisories-record-too-large';
