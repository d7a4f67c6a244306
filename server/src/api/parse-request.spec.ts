import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseBody, parseRequest } from './parse-request.ts';

const schema = z.strictObject({
  Name: z.string().max(8),
  Limit: z.int().min(0).max(100).default(10),
  Mode: z.enum(['a', 'b']).optional(),
  Flag: z.boolean().optional(),
  Filters: z
    .array(z.strictObject({ Name: z.string(), Values: z.array(z.string()) }))
    .max(2)
    .optional(),
});

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'OK';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('the parameters of a request', () => {
  it.each<[string, string, RegExp?]>([
    ['{"Name":"x"}', 'OK'],
    ['{"Name":"x","Limit":null}', 'OK'],
    ['{}', 'MissingParameter', /Name/],
    ['', 'MissingParameter', /Name/],
    ['{"Name":null}', 'MissingParameter', /Name/],
    ['{"Name":"x","Filters":[{"Name":"a"}]}', 'MissingParameter', /Filters\.0\.Values/],
    ['{"Name":"x","Filters":[{"Name":"a","Values":null}]}', 'MissingParameter', /Filters\.0\.Values/],
    ['{"Name":"x","Nmae":"y"}', 'UnknownParameter', /Nmae/],
    ['{"Name":"x","Filters":[{"Name":"a","Values":[],"More":1}]}', 'UnknownParameter', /Filters\.0\.More/],
    ['{"Name":"x","__proto__":{"Limit":5}}', 'UnknownParameter', /__proto__/],
    ['{"Name":1}', 'InvalidParameter', /Name/],
    ['{"Name":"x","Limit":"5"}', 'InvalidParameter', /number/],
    ['{"Name":"x","Limit":1.5}', 'InvalidParameter', /whole number/],
    ['{"Name":"x","Flag":0}', 'InvalidParameter', /Flag/],
    ['{"Name":"x","Filters":{}}', 'InvalidParameter', /Filters/],
    ['{"Name":"x","Limit":101}', 'InvalidParameterValue.DataRange', /Limit/],
    ['{"Name":"x","Limit":-1}', 'InvalidParameterValue.DataRange', /Limit/],
    ['{"Name":"x","Limit":9007199254740993}', 'InvalidParameterValue.DataRange', /Limit/],
    ['{"Name":"123456789"}', 'InvalidParameterValue.LengthLimit', /Name/],
    ['{"Name":"x","Mode":"c"}', 'InvalidParameterValue', /Mode/],
    ['{"Name":', 'InvalidParameter', /JSON/],
    ['[]', 'InvalidParameter', /JSON object/],
    ['null', 'InvalidParameter', /JSON object/],
  ])('%s: %s', (body, code, message) => {
    const parse = () => parseRequest(schema, parseBody(Buffer.from(body)));
    expect(codeOf(parse)).toBe(code);
    if (message) expect(parse).toThrow(message);
  });

  it('are refused with too long a text', () => {
    const body = Buffer.from(JSON.stringify({ Other: 'x'.repeat(65_536) }));
    expect(codeOf(() => parseBody(body))).toBe('InvalidParameterValue.LengthLimit');
  });

  it('are refused when they are nested too deeply', () => {
    const body = Buffer.from(`{"Name":${'['.repeat(40)}${']'.repeat(40)}}`);
    expect(() => parseBody(body)).toThrow(/nested too deeply/);
  });

  it('of a body nested beyond all sense are refused, not followed', () => {
    const body = Buffer.from(`{"Name":${'['.repeat(1_000_000)}`);
    expect(codeOf(() => parseBody(body))).toBe('InvalidParameter');
  });
});
