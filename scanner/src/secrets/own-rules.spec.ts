import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSharedData } from '../../../tests/support/requirements.ts';
import { readTarFiles } from '../../../tests/support/tar-files.ts';
import { ruleSamples } from './fixtures/rule-samples.ts';
import { loadSecretRules, scanSecrets, wantsSecrets } from './index.ts';

const rules = loadSecretRules();
const ownTexts = readdirSync(new URL('secret-rules/', import.meta.url)).map((name) =>
  readFileSync(new URL(`secret-rules/${name}`, import.meta.url), 'utf8'),
);

function rulesHit(path: string, text: string): string[] {
  return scanSecrets(rules, path, Buffer.from(text)).map((hit) => hit.rule);
}

const hits = ruleSamples.flatMap(({ rule, path = 'app/config', hits }) =>
  hits.map((text, number) => ({ rule, path, text, number })),
);
const lookAlikes = ruleSamples.flatMap(({ rule, path = 'app/config', lookAlikes }) =>
  lookAlikes.map((text, number) => ({ rule, path, text, number })),
);

describe('our own rules for secrets', () => {
  it('have two texts to hit and two look-alikes each', () => {
    expect(ruleSamples.map(({ rule }) => rule)).toEqual(rules.rules.map(({ id }) => id));
    expect(ruleSamples.filter(({ hits, lookAlikes }) => hits.length < 2 || lookAlikes.length < 2)).toEqual([]);
  });

  it('can all run freely, most of them near their keywords', () => {
    // Compiled as somebody else's they are checked.
    expect(() => loadSecretRules(ownTexts)).not.toThrow();
    expect(rules.rules.filter(({ matcher }) => matcher?.open).map(({ id }) => id)).toEqual([]);
    expect(rules.rules.filter(({ matcher }) => !matcher?.near).map(({ id }) => id)).toEqual([
      'postgresql-password-file',
      'password-hash',
    ]);
    // Its path is asked first.
    expect(rules.always.map((index) => rules.rules[index]?.id)).toEqual(['postgresql-password-file']);
  });

  it.each(rules.rules)('$id says what people need', ({ title, severity, category }) => {
    expect(title).toMatch(/^.{5,60}$/);
    expect(severity).toMatch(/^(?:critical|high|medium|low)$/);
    expect(category).toMatch(/^[a-z-]+$/);
  });

  it.each(hits)('$rule hits text $number', ({ rule, path, text }) => {
    expect(rulesHit(path, text)).toContain(rule);
  });

  it.each(lookAlikes)('no rule hits look-alike $number of $rule', ({ path, text }) => {
    expect(rulesHit(path, text)).toEqual([]);
  });

  it.each(hits)('$rule does not show what it found in text $number', ({ rule, path, text }) => {
    for (const hit of scanSecrets(rules, path, Buffer.from(text)).filter((hit) => hit.rule === rule)) {
      expect(hit.redacted).toMatch(/^.{0,4}\*{8}$/);
    }
  });

  it('hold no secret themselves, and neither do their samples', () => {
    const filesOf = (folder: string) => readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}${name}`);
    for (const file of [...filesOf('secret-rules/'), ...filesOf('fixtures/samples/'), 'fixtures/random-text.ts']) {
      const found = scanSecrets(rules, `app/${file}`, readFileSync(new URL(file, import.meta.url)));
      expect(found.filter(({ severity }) => severity === 'critical')).toEqual([]);
    }
  });
});

describeSharedData('root file systems without secrets', (data) => {
  it.each([
    'alpine/alpine-minirootfs-3.10.9-x86_64',
    'alpine/alpine-minirootfs-3.20.3-x86_64',
    'alpine/alpine-minirootfs-20240923-x86_64',
    'busybox/busybox-glibc-amd64-rootfs',
    'busybox/busybox-musl-amd64-rootfs',
  ])('hold nothing: %s', (name) => {
    const files = readTarFiles(`${data}/images/${name}.tar.gz`);
    const found = files
      .filter(({ path, bytes }) => wantsSecrets(path, bytes.subarray(0, 256), bytes.length))
      .flatMap(({ path, bytes }) => scanSecrets(rules, path, bytes).map((hit) => `${path}:${hit.line} ${hit.rule}`));
    expect(files.length).toBeGreaterThan(5);
    expect(found).toEqual([]);
  });
});
