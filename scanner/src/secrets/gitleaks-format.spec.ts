import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitleaksFormat } from './fixtures/gitleaks-format.ts';
import { loadSecretRules, readSecretRules, scanSecrets, SecretRuleError } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

describe('the rule format of gitleaks', () => {
  it.each(gitleaksFormat)('$says', async ({ rules, bases = {}, path = 'app/file', text, hits }) => {
    await write({ 'rules.toml': rules, ...bases });
    const loaded = loadSecretRules([await readSecretRules('rules.toml', folder)]);
    const found = scanSecrets(loaded, path, Buffer.from(text));
    expect(found.map(({ rule, line }) => `${rule} ${line}`)).toEqual(hits);
  });

  it('tells the tags of a rule', () => {
    const rules = loadSecretRules([`[[rules]]\nid = "a"\nregex = "key"\ntags = ["cloud", "old"]`]);
    expect(scanSecrets(rules, 'a', Buffer.from('key'))).toMatchObject([{ tags: ['cloud', 'old'] }]);
  });
});

describe('files of rules that extend others', () => {
  const rule = '[[rules]]\nid = "a"\nregex = "key"\n';

  it('stay as they are where they extend none', async () => {
    await write({ 'a.toml': `# ours\n${rule}` });
    expect(await readSecretRules(join(folder, 'a.toml'), '/')).toBe(`# ours\n${rule}`);
  });

  it('may extend our own at the bottom', async () => {
    await write({
      'a.toml': `[extend]\npath = "b.toml"\ndisabledRules = ["github-token"]\n`,
      'b.toml': `[extend]\nuseDefault = true\n${rule}`,
    });
    const ids = loadSecretRules([await readSecretRules('a.toml', folder)]).rules.map(({ id }) => id);
    expect(ids).toContain('a');
    expect(ids).toContain('private-key');
    expect(ids).not.toContain('github-token');
  });

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    ['is missing', { 'a.toml': '[extend]\npath = "b.toml"' }, 'b.toml: cannot be read'],
    ['is no text', { 'a.toml': new Uint8Array([0x61, 0xff]) }, 'a.toml: is no text in UTF-8'],
    ['is a folder', { 'a.toml': '[extend]\npath = "."' }, 'is no file'],
    ['is broken', { 'a.toml': '[extend]\npath = "b.toml"', 'b.toml': 'x' }, 'b.toml, line 1, column'],
  ])('cannot be used where one %s', async (_what, files, message) => {
    await write(files);
    const reading = readSecretRules('a.toml', folder);
    await expect(reading).rejects.toThrow(SecretRuleError);
    await expect(reading).rejects.toThrow(message);
  });
});
