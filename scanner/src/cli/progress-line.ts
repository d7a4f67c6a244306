import { fit, plainText } from '../output/plain-text.ts';
import { asTerminal } from './command-io.ts';

/** One line that is written over and over, on a terminal only: a log file is not filled with it. */
export interface ProgressLine {
  show(text: string): void;
  /** Takes the line away. */
  clear(): void;
}

const eraseLine = '\r\u001b[K';
/** A terminal over a slow line is not flooded. */
const shortestPauseMs = 50;

export function progressLine(stream: NodeJS.WritableStream): ProgressLine {
  const terminal = asTerminal(stream);
  if (terminal === undefined) return { show() {}, clear() {} };
  let shownAt = -Infinity;
  let visible = false;
  return {
    show(text) {
      const now = performance.now();
      if (now - shownAt < shortestPauseMs) return;
      shownAt = now;
      visible = true;
      stream.write(`${eraseLine}${fit(plainText(text), terminal.columns - 1)}`);
    },
    clear() {
      if (visible) stream.write(eraseLine);
      visible = false;
      shownAt = -Infinity;
    },
  };
}
