import { describe, expect, it } from 'vitest';
import type { ImageConfig } from '../model.ts';
import { randomText } from './fixtures/random-text.ts';
import { loadSecretRules, scanConfigSecrets } from './index.ts';

const rules = loadSecretRules();
const token = `ghp_${randomText(36)}`;

function config(changes: Partial<ImageConfig>): ImageConfig {
  return { architecture: 'amd64', os: 'linux', created: '', env: [], labels: {}, history: [], diffIds: [], ...changes };
}

describe('secrets in an image’s configuration', () => {
  it('stand in variables, labels and history, each with its place', () => {
    const findings = scanConfigSecrets(
      rules,
      config({
        env: ['PATH=/usr/bin', `GITHUB_TOKEN=${token}`],
        labels: { note: `use ${token}`, maintainer: 'me' },
        history: [
          { createdBy: 'ADD file:1 in /', emptyLayer: false },
          { createdBy: 'ENV A=b', comment: `token ${token}`, emptyLayer: true },
          { createdBy: `RUN |1 T=${token} /bin/sh -c make`, emptyLayer: false },
        ],
        diffIds: ['sha256:a', 'sha256:b'],
      }),
    );
    expect(findings.map(({ rule, path, layer, line, hidden }) => ({ rule, path, layer, line, hidden }))).toEqual([
      { rule: 'github-token', path: 'env:GITHUB_TOKEN', layer: '', line: 0, hidden: false },
      { rule: 'github-token', path: 'label:note', layer: '', line: 0, hidden: false },
      { rule: 'github-token', path: 'history:1', layer: '', line: 0, hidden: false },
      { rule: 'github-token', path: 'history:2', layer: 'sha256:b', line: 0, hidden: false },
    ]);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(JSON.stringify(findings)).not.toContain(token.slice(4, 12));
  });

  it.each([
    ['MYSQL_ROOT_PASSWORD=shop2024', ['generic-environment-secret']],
    ['APP_SECRET=x7f2', ['generic-environment-secret']],
    ['MYSQL_ROOT_PASSWORD_FILE=/run/secrets/root', []],
    ['GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568', []],
    ['PYTHON_SHA256=2a84cd31dd8d8ea8aaff75de66fc1b4b0127dd5799aa50a64ae9a313885b4593', []],
    ['TOKEN=', []],
    ['APP_SECRET=no', []],
    ['=', []],
    ['', []],
  ])('variable %s', (variable, expected) => {
    expect(scanConfigSecrets(rules, config({ env: [variable] })).map(({ rule }) => rule)).toEqual(expected);
  });

  it('are looked for in the beginning of a value without end', () => {
    const long = `A=${'x'.repeat(3_000_000)}`;
    expect(scanConfigSecrets(rules, config({ env: [long, `B=${token}`] }))).toHaveLength(1);
  });

  it('of history that tells of more layers than there are have no layer', () => {
    const history = [{ createdBy: token, emptyLayer: false }];
    expect(scanConfigSecrets(rules, config({ history }))).toMatchObject([{ path: 'history:0', layer: '' }]);
  });
});
