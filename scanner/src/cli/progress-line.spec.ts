import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { progressLine } from './progress-line.ts';

function terminal(columns: number): { stream: PassThrough; shown: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  return { stream, shown: () => String(stream.read() ?? '') };
}

it('writes one line over and over, cut to the terminal, and takes it away', () => {
  const { stream, shown } = terminal(20);
  const line = progressLine(stream);
  line.show('reading layer 1 of 12, 3 MB');
  expect(shown()).toBe('\r\u001b[Kreading layer 1 of…');
  line.clear();
  expect(shown()).toBe('\r\u001b[K');
  line.clear();
  expect(shown()).toBe('');
});

it('takes a terminal without a size for one of 80 columns', () => {
  const { stream, shown } = terminal(0);
  progressLine(stream).show('x'.repeat(100));
  expect(shown()).toBe(`\r\u001b[K${'x'.repeat(78)}…`);
});

it('lets no name of an image steer the terminal', () => {
  const { stream, shown } = terminal(80);
  progressLine(stream).show('opening \u001b[2J\nevil');
  expect(shown()).toBe('\r\u001b[Kopening \u{fffd}[2J evil');
});

it('is silent where nobody watches', () => {
  const stream = new PassThrough();
  const line = progressLine(stream);
  line.show('reading');
  line.clear();
  expect(stream.read()).toBeNull();
});
