/**
 * The closed set of errors that actions answer with. Codes are the wire contract's: those that it lists for the action,
 * our own sub-codes only below a first part from this list, else the gateway's.
 */

/** First parts of codes; a sub-code may follow after a dot. */
export type ErrorFamily =
  | 'ActionOffline'
  | 'AuthFailure'
  | 'FailedOperation'
  | 'InternalError'
  | 'InvalidAction'
  | 'InvalidParameter'
  | 'InvalidParameterValue'
  | 'LimitExceeded'
  | 'MissingParameter'
  | 'NoSuchVersion'
  | 'OperationDenied'
  | 'RequestLimitExceeded'
  | 'RequestSizeLimitExceeded'
  | 'ResourceInUse'
  | 'ResourceNotFound'
  | 'ResourceUnavailable'
  | 'UnauthorizedOperation'
  | 'UnknownParameter'
  | 'UnsupportedProtocol';

export type ErrorCode = ErrorFamily | `${ErrorFamily}.${string}`;

/** An answer that says no: a stable code, and a message that says what to do. Safe to show to the caller as it is. */
export class ActionError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ActionError';
    this.code = code;
  }
}
