import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carriers } from './carriers.ts';
import { decoyFamilies } from './decoys.ts';
import { findInImage, writeImage } from './find-in-image.ts';
import { secretKinds } from './kinds.ts';
import pinned from './pinned.json' with { type: 'json' };
import { f1, precision, recall } from '../score.ts';
import { score } from './scores.ts';
import { truthSet } from './truth-set.ts';

const whole = process.env['WHARFINGER_REQUIRE_DATA'] === '1' ? [{ name: 'whole', ...pinned.whole }] : [];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-quality-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the truth set for secrets', () => {
  it('is the same every time, and another for another seed', () => {
    const options = { oneIn: 16, decoyCount: 30 };
    expect(truthSet({ ...options, seed: 'a' })).toEqual(truthSet({ ...options, seed: 'a' }));
    expect(truthSet({ ...options, seed: 'a' })).not.toEqual(truthSet({ ...options, seed: 'b' }));
  });

  it('has 40 kinds and more, each in many forms, and 2,000 decoys', () => {
    const { planted, files } = truthSet(pinned.whole);
    expect(secretKinds.length).toBeGreaterThanOrEqual(40);
    expect(new Set(planted.map(({ kind }) => kind)).size).toBe(secretKinds.length);
    expect(new Set(planted.map(({ carrier }) => carrier)).size).toBe(carriers.length);
    expect(files.filter(({ decoy }) => decoy !== undefined).length).toBeGreaterThanOrEqual(2000);
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    expect(new Set(files.flatMap(({ decoy }) => decoy ?? [])).size).toBe(decoyFamilies.length);
  });

  it('counts what is missed and what is wrong', () => {
    const set = truthSet({ seed: 'a', oneIn: 16, decoyCount: 30 });
    const right = set.planted.map(({ path, from, rules }) => ({ path, line: from, rule: rules[0] ?? '' }));
    const decoy = set.files.find((file) => file.decoy !== undefined)?.path ?? '';
    const { total, misnamed } = score(set, [...right.slice(2), { path: decoy, line: 1, rule: 'x' }]);
    expect(total).toMatchObject({ missed: 2, wrong: 1 });
    expect(recall(total)).toBeCloseTo((right.length - 2) / right.length);
    expect(precision(total)).toBeCloseTo((right.length - 2) / (right.length - 1));
    expect(misnamed).toBe(0);
    expect(f1(score(set, right).total)).toBe(1);
    expect(f1(score(set, []).total)).toBe(0);
  });
});

describe('the quality of our rules for secrets', () => {
  it.each([{ name: 'small', ...pinned.small }, ...whole])('does not fall: $name set', async (set) => {
    const truth = truthSet(set);
    const archive = join(folder, `${set.name}.tar`);
    await writeImage(truth, archive);
    const { total, kinds, missed, wrong } = score(truth, await findInImage(archive));
    expect(missed.length, JSON.stringify(missed)).toBeLessThanOrEqual(set.falseNegatives);
    expect(f1(total), JSON.stringify(wrong)).toBeGreaterThanOrEqual(set.f1);
    expect(precision(total)).toBeGreaterThanOrEqual(0.97);
    expect(recall(total)).toBeGreaterThanOrEqual(0.97);
    expect(kinds.length).toBeGreaterThanOrEqual(40);
  });
});
