import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { redactRequest, secretField } from './redact-request.ts';

const schema = z.strictObject({
  Uin: z.string(),
  Note: z.string().default(''),
  Password: secretField(z.string().min(8)).optional(),
  Channel: z.strictObject({ Url: z.string(), Token: secretField(z.string()) }).optional(),
  Keys: z.array(secretField(z.string())).default([]),
  Records: z.array(z.unknown()).optional(),
});

describe('a request in the audit log', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['what is known', { Uin: '1', Note: 'a' }, '{"Note":"a","Uin":"1"}'],
    ['a secret, also of the wrong type', { Password: { deep: 'hunter2' } }, '{"Password":"[secret]"}'],
    ['a secret inside', { Channel: { Url: 'u', Token: 'hunter2' } }, '{"Channel":{"Token":"[secret]","Url":"u"}}'],
    ['secrets in a list', { Keys: ['hunter2', 'hunter3'] }, '{"Keys":["[secret]","[secret]"]}'],
    ['what is not known', { SecretKey: 'hunter2' }, '{"SecretKey":"[not known]"}'],
    ['what is not known inside', { Channel: { Pass: 'hunter2' } }, '{"Channel":{"Pass":"[not known]"}}'],
    ['a name from the prototype', { constructor: 'hunter2' }, '{"constructor":"[not known]"}'],
  ])('keeps %s', (_, request, text) => {
    expect(redactRequest(schema, request)).toBe(text);
  });

  it('keeps of a large value how large it was, and its hash', () => {
    const text = redactRequest(schema, { Records: Array.from({ length: 20_000 }, (_, id) => ({ id })) });
    expect(text).toMatch(/^\{"Records":"\[\d+ bytes, sha256 [0-9a-f]{64}\]"\}$/);
  });

  it('keeps few and short names that are not known', () => {
    const request = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`${i}${'x'.repeat(10_000)}`, i]));
    expect(redactRequest(schema, request).length).toBeLessThan(3_000);
  });
});
