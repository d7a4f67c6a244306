/** Secrets whose places are known, and decoys: what rules for secrets are measured on. Made from a seed, kept nowhere. */
import type { ImageConfig } from '../../src/model.ts';
import { type Carrier, carriers } from './carriers.ts';
import { decoys } from './decoys.ts';
import { type SecretKind, secretKinds } from './kinds.ts';
import { SeededText } from './seeded-text.ts';

/** One secret that is to be found. */
export interface Planted {
  kind: string;
  rules: readonly string[];
  carrier: string;
  path: string;
  /** The first and the last line of it; 0 in the configuration. */
  from: number;
  to: number;
}

export interface TruthFile {
  path: string;
  content: Buffer;
  /** Only a layer below holds it: the one above takes it away. */
  deleted: boolean;
  /** The family of a decoy. */
  decoy?: string;
}

export interface TruthSet {
  files: TruthFile[];
  config: Pick<ImageConfig, 'env' | 'history'>;
  planted: Planted[];
}

export interface TruthSetOptions {
  seed: string;
  /** Each of so many variants of a kind is taken; 1 takes all. */
  oneIn: number;
  decoyCount: number;
}

export function truthSet({ seed, oneIn, decoyCount }: TruthSetOptions): TruthSet {
  const set: TruthSet = { files: [], config: { env: [], history: [] }, planted: [] };
  for (const [kindNumber, kind] of secretKinds.entries()) {
    for (const [carrierNumber, carrier] of carriers.entries()) {
      if ((kindNumber * 5 + carrierNumber) % oneIn === 0) plant(set, kind, carrier, seed);
    }
  }
  for (const { family, path, content } of decoys(decoyCount, seed)) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    set.files.push({ path, content: bytes, deleted: false, decoy: family });
  }
  return set;
}

function plant(set: TruthSet, kind: SecretKind, carrier: Carrier, seed: string): void {
  const text = new SeededText(`${seed} ${kind.name} ${carrier.name}`);
  const value = kind.make(text);
  if (value.includes('\n') && carrier.block !== true) return;
  if (carrier.withoutName === true && !kind.telling) return;
  const written = carrier.lines({ ...namesOf(kind.variable), value, text });
  const { kind: name, rules, carrier: form } = { kind: kind.name, rules: kind.rules, carrier: carrier.name };
  if (carrier.place === 'history') {
    set.config.history.push({ createdBy: written, emptyLayer: true });
    const path = `history:${set.config.history.length - 1}`;
    set.planted.push({ kind: name, rules, carrier: form, path, from: 0, to: 0 });
  } else if (carrier.place === 'environment') {
    set.config.env.push(written);
    const path = `env:${namesOf(kind.variable).capitals}`;
    set.planted.push({ kind: name, rules, carrier: form, path, from: 0, to: 0 });
  } else {
    const { before = '', after = '' } = carrier;
    const content = encode(`${before}${written}\n${after}`, carrier.encoding);
    const [folder = '', ...rest] = carrier.path.split('/');
    const path = `${folder}/${kind.name}/${rest.join('/')}`;
    const from = before.split('\n').length;
    set.files.push({ path, content, deleted: carrier.place === 'lower-layer' });
    // Among binary data lines tell nothing.
    const lines = carrier.encoding === 'binary' ? [0, 1e9] : [from, from + written.split('\n').length - 1];
    set.planted.push({ kind: name, rules, carrier: form, path, from: lines[0] ?? 0, to: lines[1] ?? 0 });
  }
}

function namesOf(variable: string): { capitals: string; snake: string; camel: string; kebab: string } {
  const snake = variable.replaceAll(' ', '_');
  return {
    snake,
    capitals: snake.toUpperCase(),
    kebab: variable.replaceAll(' ', '-'),
    camel: variable.replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase()),
  };
}

function encode(text: string, encoding: Carrier['encoding']): Buffer {
  switch (encoding) {
    case undefined:
      return Buffer.from(text);
    case 'crlf':
      return Buffer.from(text.replaceAll('\n', '\r\n'));
    case 'utf16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'binary':
      // As a page of an embedded database: records between zeros and lengths.
      return Buffer.concat([
        Buffer.from('SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20\0\0\0\x02', 'latin1'),
        Buffer.alloc(200),
        Buffer.from(text.trimEnd()),
        Buffer.alloc(60),
        Buffer.from('settings\0\x03\x17', 'latin1'),
      ]);
    default:
      return encoding satisfies never;
  }
}
