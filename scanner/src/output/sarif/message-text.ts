import { plainText } from '../plain-text.ts';
import type { SarifText } from './document.ts';

/**
 * A text as SARIF messages want it: braces doubled, since single ones are placeholders, and nothing in it that a viewer
 * would take for a link of ours. Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
 */
export function messageText(...lines: readonly string[]): SarifText {
  const text = lines
    .filter((line) => line !== '')
    .map((line) => plainText(line).replaceAll(/[{}]/g, '$&$&').replaceAll('](', '] ('))
    .join('\n');
  return { text };
}
