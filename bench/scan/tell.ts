import type { BenchImage } from '../images/build-images.ts';
import type { Measured } from './measure.ts';

export interface Row extends Partial<Measured> {
  image: string;
  layers: 'plain' | 'gzip';
  what: string;
  by: 'us' | 'peer' | 'baseline';
  /** Why there are no figures. */
  failed?: string;
}

/** A table for each image; `ratio` is to our packages, warm, of the same layers. */
export function tell(images: readonly BenchImage[], rows: readonly Row[]): string[] {
  return images.flatMap(({ name, plainBytes, files, layers }) => [
    `${name}: ${files} files, ${megabytes(plainBytes)} MB, ${layers} layers`,
    `  ${'layers'.padEnd(7)}${'what'.padEnd(36)}${'s'.padStart(8)}${'CPU s'.padStart(8)}${'peak MB'.padStart(9)}${'ratio'.padStart(8)}`,
    ...(['plain', 'gzip'] as const).flatMap((form) => {
      const own = rows.filter((row) => row.image === name && row.layers === form);
      const ours = own.find(({ what }) => what === 'packages, warm');
      return [...own.map((row) => lineOf(row, ours)), ...compared(own, ours)];
    }),
    '',
  ]);
}

function lineOf({ layers, what, failed, seconds, cpuSeconds, peakBytes }: Row, ours: Row | undefined): string {
  const head = `  ${layers.padEnd(7)}${what.padEnd(36)}`;
  if (failed !== undefined) return `${head}  does not end: ${failed}`;
  const peak = peakBytes === undefined ? '-' : megabytes(peakBytes);
  const figures = [fixed(seconds, 2), fixed(cpuSeconds, 2)].map((text) => text.padStart(8)).join('');
  return `${head}${figures}${peak.padStart(9)}${fixed(quotient(seconds, ours?.seconds), 1).padStart(8)}`;
}

/** The fastest peer by our measure, and we by each baseline's: time on the wall, then processor time. */
function compared(rows: readonly Row[], ours: Row | undefined): string[] {
  const peers = rows.filter(({ by, seconds }) => by === 'peer' && seconds !== undefined);
  const [fastest] = peers.toSorted((a, b) => (a.seconds ?? 0) - (b.seconds ?? 0));
  const times = (one: Row | undefined, other: Row | undefined): string =>
    `${fixed(quotient(one?.seconds, other?.seconds), 2)} times the time, ` +
    `${fixed(quotient(one?.cpuSeconds, other?.cpuSeconds), 2)} times the processor time`;
  return [
    ...(fastest === undefined
      ? []
      : [`    the fastest peer, ${fastest.what}: ${times(fastest, ours)} of our packages`]),
    ...rows.filter(({ by }) => by === 'baseline').map((row) => `    our packages: ${times(ours, row)} of ${row.what}`),
  ];
}

function quotient(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one / other;
}

function fixed(figure: number | undefined, digits: number): string {
  return figure?.toFixed(digits) ?? '-';
}

function megabytes(bytes: number): string {
  return String(Math.round(bytes / 1e6));
}
