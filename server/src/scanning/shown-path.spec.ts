import { expect, it } from 'vitest';
import { shownPath } from './shown-path.ts';

it.each([
  ['usr/bin/env', '/usr/bin/env'],
  ['env:TOKEN', 'env:TOKEN'],
  ['label:a/b', 'label:a/b'],
  ['history:3', 'history:3'],
  ['srv/env:x', '/srv/env:x'],
])('%s is shown as %s', (path, shown) => {
  expect(shownPath(path)).toBe(shown);
});
