import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

function logged(fields: object, level = 'info'): { text: string; line: Record<string, unknown> } {
  let text = '';
  createLogger(level, { write: (line) => void (text += line) }).warn(fields, 'what happened');
  return { text, line: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

describe('a log line', () => {
  it('is one JSON object with machine time', () => {
    const { text, line } = logged({ tenant: 1n, at: Temporal.Instant.from('2026-03-01T00:00:00Z'), many: [1, 'a'] });
    expect(text.split('\n')).toHaveLength(2);
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      tenant: '1',
      at: '2026-03-01T00:00:00Z',
      many: [1, 'a'],
      message: 'what happened',
    });
  });

  it('is not written below its level', () => {
    expect(logged({}, 'error').text).toBe('');
  });

  it.each([
    ['password', { password: 'hush' }],
    [
      'in other spellings',
      { SecretKey: 'hush', registry_password: 'hush', 'X-TC-Token': 'hush', Authorization: 'hush' },
    ],
    ['one level down', { headers: { cookie: 'hush' } }],
    ['six levels down', { a: { b: { c: { d: { e: { WebhookToken: 'hush' } } } } } }],
    ['in a list', { keys: [{ secretKey: 'hush' }] }],
    ['as a whole object', { credentials: { user: 'hush', pin: ['hush'] } }],
    ['on an error', { err: Object.assign(new Error('failed'), { config: { password: 'hush' } }) }],
    ['on an error in other fields', { reason: Object.assign(new Error('failed'), { token: 'hush' }) }],
    ['in a URL', { url: 'postgres://me:hush@db/w', err: new Error('cannot reach https://me:hush@host/') }],
    ['in the cause of an error', { err: new Error('outer', { cause: new Error('redis://:hush@host') }) }],
  ])('shows no secret: %s', (_, fields) => {
    expect(logged(fields).text).not.toContain('hush');
  });

  it('keeps what is no secret', () => {
    const fields = { secretId: 'WFID1', tokens: 3, keyId: 'k', url: 'https://host:8080/a@b', passwordless: true };
    expect(logged(fields).line).toMatchObject(fields);
  });

  it('tells an error with its stack, its code and its causes', () => {
    const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'E1' });
    expect(logged({ err: error }).line['err']).toMatchObject({
      type: 'Error',
      message: 'outer: inner',
      code: 'E1',
      stack: expect.stringContaining('log.spec.ts'),
    });
  });

  it('does not follow connections and circles', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const socket = connect({ port: 1, host: '127.0.0.1' }).on('error', () => undefined);
    const { text, line } = logged({ circle, err: Object.assign(new Error('lost'), { client: socket }) });
    expect(line['err']).toMatchObject({ client: '[Socket]' });
    expect(text.length).toBeLessThan(4_000);
    socket.destroy();
  });

  it('names bytes by their number', () => {
    expect(logged({ body: Buffer.from('hush') }).line).toMatchObject({ body: '[4 bytes]' });
  });
});
