/** Progress of a task over the places (repository and tag) that it was asked to scan. */
import { hasEnded, type ScanState } from './scan-state.ts';

/** One place of a task: the state of its image, and whether something was found in it. */
export interface PlaceProgress {
  state: ScanState;
  /** 0..100; 100 when it has ended. */
  progress: number;
  /** Of a scanned image: something was found. */
  risky: boolean;
}

export interface TaskProgress {
  total: number;
  /** Places whose image has ended, with a result or without. */
  ended: number;
  safe: number;
  risky: number;
  /** 0..100; 100 only when everything has ended. */
  schedule: number;
  status: 'NOT_SCAN' | 'SCANNING' | 'SCANNED';
  /** An estimate from the time so far; 0 when ended. */
  remainingSeconds: number;
}

/** What is known before the first image has ended: a warm guess for each of them. */
const guessedSecondsPerImage = 10;

/** Sums up a task. A task ends only with its last image, whose quota is settled in the same moment. */
export function taskProgress(places: readonly PlaceProgress[], elapsedSeconds: number): TaskProgress {
  const total = places.length;
  const ended = places.filter((place) => hasEnded(place.state)).length;
  const risky = places.filter((place) => place.state === 'scanned' && place.risky).length;
  const safe = places.filter((place) => place.state === 'scanned').length - risky;
  const sum = places.reduce((percent, place) => percent + placePercent(place), 0);
  const schedule = total === 0 ? 0 : Math.floor(sum / total);
  const status = total === 0 ? 'NOT_SCAN' : ended === total ? 'SCANNED' : 'SCANNING';
  return { total, ended, safe, risky, schedule, status, remainingSeconds: remaining() };

  function remaining(): number {
    if (ended === total) return 0;
    if (schedule === 0 || elapsedSeconds <= 0) return (total - ended) * guessedSecondsPerImage;
    return Math.max(1, Math.round((elapsedSeconds * (100 - schedule)) / schedule));
  }
}

/** Below 100 until the image has ended, so that a whole task is at 100 exactly when all of it has. */
export function placePercent({ state, progress }: Pick<PlaceProgress, 'state' | 'progress'>): number {
  return hasEnded(state) ? 100 : Math.min(99, progress);
}
