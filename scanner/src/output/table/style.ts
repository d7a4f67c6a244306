import { styleText } from 'node:util';
import type { Severity } from '../../model.ts';

type Format = Parameters<typeof styleText>[0];

/** How parts of the table are coloured; without colour every function gives its text back. */
export interface Style {
  title: (text: string) => string;
  faint: (text: string) => string;
  good: (text: string) => string;
  warning: (text: string) => string;
  severity: (text: string, severity: string) => string;
}

const severityFormats: Readonly<Record<Severity, Format>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  unknown: 'dim',
};

export function tableStyle(color: boolean): Style {
  // Whether to colour is decided by the caller: the stream that styleText would look at may not be the one written to.
  const paint = (format: Format, text: string) => (color ? styleText(format, text, { validateStream: false }) : text);
  return {
    title: (text) => paint('bold', text),
    faint: (text) => paint('dim', text),
    good: (text) => paint('green', text),
    warning: (text) => paint('yellow', text),
    severity: (text, severity) => paint(isSeverity(severity) ? severityFormats[severity] : 'reset', text),
  };
}

function isSeverity(text: string): text is Severity {
  return Object.hasOwn(severityFormats, text);
}
