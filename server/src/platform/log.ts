/** Structured logs: one JSON object a line on stderr, secrets redacted by name wherever they stand. */
import { pino, stdSerializers, type Logger as PinoLogger } from 'pino';
import { machineTime } from './machine-time.ts';

export type Logger = PinoLogger;

/** Fields whose name ends so, in any case and with any separators, are never written: `SecretKey`, `registry_password`. */
const secretName =
  /(authorization|cookie|password|passwd|secret|secretkey|privatekey|masterkey|accesskey|token|connectionstring|credential|credentials)$/;
const urlWithPassword = /(\w+:\/\/[^\s/:@]*):[^\s/@]+@/g;
/** `password=…`, `"SecretKey": "…"`, `Authorization: Bearer …`. */
const namedSecret =
  /\b(\w*(?:password|passwd|secret|secretkey|privatekey|accesskey|token|authorization|cookie))(["']?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?(?:"[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi;
const deepest = 8;

/** A logger that writes to stderr (stdout carries only results). */
export function createLogger(level: string, destination: { write(line: string): void } = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${machineTime().toString({ smallestUnit: 'millisecond' })}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => Object.fromEntries(redactedEntries(fields, 1)),
      },
      // Errors have become plain fields by then.
      serializers: { err: (value: unknown) => value },
    },
    destination,
  );
}

/** A text without passwords in its URLs, and without what follows the name of a secret. For texts that others wrote. */
export function withoutSecrets(text: string): string {
  return text.replace(urlWithPassword, '$1:[redacted]@').replace(namedSecret, '$1$2[redacted]');
}

function redactedEntries(fields: object, depth: number): [string, unknown][] {
  return Object.entries(fields).map(([name, value]) => [
    name,
    secretName.test(name.toLowerCase().replaceAll(/[^a-z]/g, '')) ? '[redacted]' : redacted(value, depth),
  ]);
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.replace(urlWithPassword, '$1:[redacted]@');
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '[too deep]';
  if (value instanceof Error) return Object.fromEntries(redactedEntries(stdSerializers.err(value), depth + 1));
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redacted(value.toJSON(), depth + 1);
  // Connections, sockets and the like, which hang on errors, are worlds of their own.
  return isPlain(value) ? Object.fromEntries(redactedEntries(value, depth + 1)) : `[${value.constructor.name}]`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
