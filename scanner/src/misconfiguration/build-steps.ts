/** The instructions of the build file, as far as an image's history tells them. */
import type { ImageConfig } from '../model.ts';

export interface BuildStep {
  /** Its place in the history: evidence names it and does not show its text, which may hold secrets. */
  index: number;
  /** Upper case; `RUN` where nothing else is said. */
  instruction: string;
  text: string;
}

const longestText = 20_000;

/** Docker's classic builder writes `/bin/sh -c #(nop) ADD …`, BuildKit `ADD … # buildkit`, and both `RUN` in two ways. */
export function buildSteps({ history }: Pick<ImageConfig, 'history'>): BuildStep[] {
  return history.map(({ createdBy }, index) => {
    const text = createdBy
      .slice(0, longestText)
      .replace(/^(?:\|\d+ (?:\S+=\S* )*)?\/bin\/sh -c (?:#\(nop\) {0,2})?/, '')
      .trim();
    const [, word = ''] = /^([A-Z]{3,11})\s/.exec(text) ?? [];
    return instructions.has(word)
      ? { index, instruction: word, text: text.slice(word.length).trim() }
      : { index, instruction: 'RUN', text };
  });
}

const instructions = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);
