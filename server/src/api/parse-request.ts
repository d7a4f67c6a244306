/** From a request's body to an action's input, with the vendor's code for whatever is wrong with it. */
import type { z } from 'zod';
import { ActionError, type ErrorCode } from '../platform/errors.ts';

const maxTextLength = 65_535;
const maxDepth = 32;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * The body as JSON. An empty body is `{}`; null counts as absent. Throws `InvalidParameter` for what is no JSON object
 * and `InvalidParameterValue.LengthLimit` for text that is too long.
 */
export function parseBody(body: Uint8Array): Record<string, unknown> {
  const text = new TextDecoder().decode(body).trim();
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ActionError('InvalidParameter', 'the request body is not valid JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ActionError('InvalidParameter', 'the request body must be a JSON object');
  }
  return withoutNulls(value as Json, '', 0) as Record<string, unknown>;
}

/** Checks the parameters against the action's schema. Throws with the vendor's code for the first thing that is wrong. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  request: Record<string, unknown>,
): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => judge(issue, request));
  throw (
    problems.toSorted((a, b) => rank(a.code) - rank(b.code))[0] ?? new ActionError('InvalidParameter', 'bad request')
  );
}

function withoutNulls(value: Json, path: string, depth: number): Json {
  if (depth > maxDepth)
    throw new ActionError('InvalidParameter', `parameter ${path.slice(0, 200)} is nested too deeply`);
  if (typeof value === 'string' && value.length > maxTextLength) {
    throw new ActionError(
      'InvalidParameterValue.LengthLimit',
      `parameter ${path} is longer than ${maxTextLength} characters`,
    );
  }
  if (Array.isArray(value)) return value.map((item, index) => withoutNulls(item, `${path}.${index}`, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries makes own properties, also of a name such as __proto__.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member, path === '' ? name : `${path}.${name}`, depth + 1)]),
  );
}

function judge(issue: z.core.$ZodIssue, request: Record<string, unknown>): ActionError {
  const name = issue.path.map(String).join('.').slice(0, 200);
  switch (issue.code) {
    case 'unrecognized_keys':
      return error(
        'UnknownParameter',
        `the parameter ${[name, issue.keys[0]?.slice(0, 200)].filter(Boolean).join('.')} is not known`,
      );
    case 'invalid_type':
      if (valueAt(request, issue.path) === undefined)
        return error('MissingParameter', `the parameter ${name} is missing`);
      return error(
        'InvalidParameter',
        `the value type of parameter ${name} is not valid: it must be ${typeName(issue.expected)}`,
      );
    case 'too_big':
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') {
        return error(
          'InvalidParameterValue.LengthLimit',
          `the length of parameter ${name} is out of range: ${issue.message}`,
        );
      }
      return error(
        'InvalidParameterValue.DataRange',
        `the value of parameter ${name} is out of range: ${issue.message}`,
      );
    case 'invalid_union': {
      if (valueAt(request, issue.path) === undefined)
        return error('MissingParameter', `the parameter ${name} is missing`);
      return error('InvalidParameter', `the value type of parameter ${name} is not valid`);
    }
    default:
      return error('InvalidParameterValue', `the value of parameter ${name} is not valid: ${issue.message}`);
  }
}

/** Names that are wrong are told before values that are. */
function rank(code: ErrorCode): number {
  const order = ['UnknownParameter', 'MissingParameter', 'InvalidParameter'];
  const place = order.indexOf(code);
  return place < 0 ? order.length : place;
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a string',
    array: 'a list',
  };
  return names[expected] ?? expected;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[step];
  }
  return current;
}

function error(code: ErrorCode, message: string): ActionError {
  return new ActionError(code, message);
}
