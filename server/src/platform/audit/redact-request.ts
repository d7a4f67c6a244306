/** A request as the audit log keeps it: what the action knows, without secrets, and of a bounded size. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

const secretFields = z.registry<{ secret: true }>();
/** A longer value is kept as its size and hash. */
const longestValue = 4_096;
/** More names than any action has are somebody's noise. */
const mostUnknown = 20;

/** Marks a field of a request as a secret: its value is never kept. */
export function secretField<Schema extends z.ZodType>(schema: Schema): Schema {
  secretFields.add(schema, { secret: true });
  return schema;
}

/**
 * The request as canonical JSON. Values of fields that the schema does not know are left out, because they may be secrets
 * in the wrong place; so are those that the schema marks.
 */
export function redactRequest(schema: z.ZodType, request: Readonly<Record<string, unknown>>): string {
  const known = schema instanceof z.ZodObject ? schema.shape : {};
  const names = Object.keys(request).filter((name) => Object.hasOwn(known, name));
  const unknown = Object.keys(request).filter((name) => !Object.hasOwn(known, name));
  const kept = names.map((name) => [name, bounded(redacted(known[name], request[name]))] as const);
  const noted = unknown.slice(0, mostUnknown).map((name) => [name.slice(0, 100), '[not known]'] as const);
  return canonicalJson(Object.fromEntries([...kept, ...noted]));
}

function redacted(schema: unknown, value: unknown): unknown {
  if (!(schema instanceof z.ZodType)) return value;
  if (secretFields.has(schema)) return '[secret]';
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return redacted(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodPipe) return redacted(schema.in, value);
  if (schema instanceof z.ZodArray) {
    return Array.isArray(value) ? value.map((item) => redacted(schema.element, item)) : value;
  }
  if (schema instanceof z.ZodObject && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { shape } = schema;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        Object.hasOwn(shape, name) ? redacted(shape[name], member) : '[not known]',
      ]),
    );
  }
  return value;
}

function bounded(value: unknown): unknown {
  const text = canonicalJson(value);
  if (text.length <= longestValue) return value;
  return `[${Buffer.byteLength(text)} bytes, sha256 ${createHash('sha256').update(text).digest('hex')}]`;
}
