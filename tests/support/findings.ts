/** Findings as the scanner tells them, for tests that do not scan. */
import type { MalwareFinding, SecretFinding } from '../../scanner/src/model.ts';

export const someSecret: SecretFinding = {
  rule: 'github-token',
  title: 'GitHub token',
  severity: 'high',
  line: 1,
  redacted: 'ghp_***',
  fingerprint: 'f',
  path: 'etc/token',
  layer: 'sha256:1',
  hidden: false,
};

export const someMalware: MalwareFinding = {
  rule: 'eicar',
  title: 'EICAR',
  severity: 'low',
  category: 'test-file',
  author: 'us',
  tags: ['x'],
  path: 'eicar.com',
  layer: 'sha256:1',
  sizeBytes: 68,
  md5: 'm',
  sha256: 's',
};
