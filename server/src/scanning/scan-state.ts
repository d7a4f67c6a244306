/**
 * The life of one image in a task, and what lists show of it:
 * `waiting → scanning → scanned | failed | stopped`, and from `waiting` straight to `failed` or `stopped`.
 */
import type { RiskClass } from '@wharfinger/scanner';

export const scanStates = ['waiting', 'scanning', 'scanned', 'failed', 'stopped'] as const;

export type ScanState = (typeof scanStates)[number];

export type EndedState = Extract<ScanState, 'scanned' | 'failed' | 'stopped'>;

export function hasEnded(state: ScanState): state is EndedState {
  return state !== 'waiting' && state !== 'scanning';
}

/** Words of the wire. An image that waits for its turn is being scanned, as far as the user is concerned. */
export type WireScanStatus = 'NOT_SCAN' | 'SCANNING' | 'SCANNED' | 'SCAN_ERR' | 'CANCELED';

const wireStatuses = {
  waiting: 'SCANNING',
  scanning: 'SCANNING',
  scanned: 'SCANNED',
  failed: 'SCAN_ERR',
  stopped: 'CANCELED',
} as const satisfies Record<ScanState, WireScanStatus>;

/** The state of an image's newest scan; `NOT_SCAN` for one that never had any. */
export function wireScanStatus(state: ScanState | undefined): WireScanStatus {
  return state ? wireStatuses[state] : 'NOT_SCAN';
}

/** The scan states that a wire status stands for; none for `NOT_SCAN` and for words that are no status. */
export function statesOfWireStatus(status: string): ScanState[] {
  const wanted = status.toUpperCase();
  return scanStates.filter((state) => wireStatuses[state] === wanted);
}

/** The status of one class of risk: the newest scan's where it looked for the class, else what an older one left. */
export function classStatus(
  newest: { state: ScanState; riskClasses: readonly RiskClass[] } | undefined,
  riskClass: RiskClass,
  hasResult: boolean,
): WireScanStatus {
  if (newest?.riskClasses.includes(riskClass)) return wireScanStatus(newest.state);
  return hasResult ? 'SCANNED' : 'NOT_SCAN';
}
