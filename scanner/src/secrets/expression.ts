/** A regular expression as a tree over bytes, and the reading of its source. */
import type { ByteSet } from './byte-set.ts';

export type Expression =
  | { type: 'set'; set: ByteSet }
  | { type: 'sequence'; parts: Expression[] }
  | { type: 'choice'; branches: Expression[] }
  | { type: 'repeat'; body: Expression; min: number; max: number; lazy: boolean }
  | { type: 'group'; body: Expression }
  | { type: 'assertion'; holds: Assertion };

export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary';

/** What is wrong with an expression; `column` counts from 1. */
export class ExpressionError extends Error {
  readonly column: number;
  constructor(message: string, column: number) {
    super(`${message} at column ${column}`);
    this.name = 'ExpressionError';
    this.column = column;
  }
}

/** A position in the source. */
export class Reader {
  readonly source: string;
  position = 0;
  constructor(source: string) {
    this.source = source;
  }
  get done(): boolean {
    return this.position >= this.source.length;
  }
  peek(): string {
    return this.source[this.position] ?? '';
  }
  next(): string {
    const character = String.fromCodePoint(this.source.codePointAt(this.position) ?? 0);
    this.position += character.length;
    return character;
  }
  take(text: string): boolean {
    if (!this.source.startsWith(text, this.position)) return false;
    this.position += text.length;
    return true;
  }
  /** Takes what a sticky expression matches here. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.position;
    const match = expression.exec(this.source);
    if (match) this.position += match[0].length;
    return match;
  }
  error(message: string): ExpressionError {
    return new ExpressionError(message, this.position + 1);
  }
}
