import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { errorCode, errorLine } from './error-line.ts';

describe('an error on one line', () => {
  it.each<[unknown, string]>([
    [new Error('plain'), 'plain'],
    ['text', 'text'],
    [new Error('one\n  two\r\n\tthree\u001b[31m'), 'one two three [31m'],
    [new Error(''), 'Error'],
    [new AggregateError([new Error('a'), new Error('b'), new Error('a')]), 'a; b'],
    [new AggregateError([new Error('a')], 'own'), 'own'],
    [undefined, 'undefined'],
  ])('%o: %s', (error, line) => {
    expect(errorLine(error)).toBe(line);
  });

  it('tells why a real connection failed', async () => {
    const socket = connect({ port: 1, host: 'localhost' });
    const [error]: unknown[] = await once(socket, 'error').catch((reason: unknown) => [reason]);
    expect(errorLine(error)).toMatch(/ECONNREFUSED/);
    expect(errorCode(error)).toBe('ECONNREFUSED');
  });

  it.each([[new Error('x')], ['ENOENT'], [Object.assign(new Error('x'), { code: 5 })]])('%o has no code', (error) => {
    expect(errorCode(error)).toBeUndefined();
  });
});
