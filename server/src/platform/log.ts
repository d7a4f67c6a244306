/** Structured logs: one JSON object a line on stderr, secrets redacted by name wherever they stand. */
import { pino, type Logger as PinoLogger } from 'pino';
import { machineTime } from './machine-time.ts';

export type Logger = PinoLogger;

const secretNames = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'Password',
  'secret',
  'secretKey',
  'SecretKey',
  'token',
  'Token',
  'WebhookToken',
  'masterKey',
  'connectionString',
];

/** Fields of these names are replaced, at the top and up to two levels down. */
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** A logger that writes to stderr (stdout carries only results). */
export function createLogger(level: string, destination: { write(line: string): void } = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${machineTime().toString({ smallestUnit: 'millisecond' })}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '[redacted]' },
    },
    destination,
  );
}
