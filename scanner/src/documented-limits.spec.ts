import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultBudget, ratioFloorBytes } from './budget.ts';

const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');

const units: Record<string, number> = { GiB: 1024 ** 3, MiB: 1024 ** 2, minutes: 60_000 };

/** `64 GiB`, `4,000,000`. */
function toNumber(text: string): number {
  const [amount = '', unit] = text.replaceAll(',', '').split(' ');
  return Number(amount) * (unit === undefined ? 1 : (units[unit] ?? Number.NaN));
}

describe('docs/limits.md', () => {
  it.each(Object.entries(defaultBudget))('tells the default of %s', (field, value) => {
    const [, told = ''] = new RegExp(`^\\| \`${field}\` +\\| ([^|]+?) +\\|`, 'm').exec(page) ?? [];
    expect(toNumber(told)).toBe(value);
  });

  it('tells from where on a layer may be a bomb', () => {
    expect(page).toContain(`of a layer that has given ${ratioFloorBytes / 1024 ** 2} MiB`);
  });
});
