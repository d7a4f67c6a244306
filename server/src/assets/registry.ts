/** What a registry is to this domain, and the words of its states. */
import type { ReasonCode } from '@wharfinger/scanner';

export interface RegistrySettings {
  name: string;
  /** As the user wrote it. */
  url: string;
  registryType: string;
  registryVersion: string;
  registryRegion: string;
  netType: string;
  instanceId: string;
  username: string;
  insecure: boolean;
  speedLimit: bigint;
  /** New images are scanned without being asked. */
  needScan: boolean;
  syncMode: SyncMode;
}

/** `full` reads every manifest again, `incremental` only those that changed since. */
export type SyncMode = 'full' | 'incremental';

export type SyncState = 'doing' | 'success' | 'failed';

export interface Registry extends RegistrySettings {
  id: bigint;
  webhookUrl: string;
  hasPassword: boolean;
  hasWebhookToken: boolean;
  health: Health | undefined;
  sync: {
    state: SyncState;
    run: number;
    failCode: string;
    failReason: string;
    message: string;
    endedAt: Temporal.Instant | null;
    succeededAt: Temporal.Instant | null;
  };
}

/** Why a registry cannot be used; undefined stands for one that answers and takes the login. */
export interface Health {
  code: ReasonCode;
  message: string;
}

/** What stands for a secret in replies, and means "as it is" in requests. */
export const maskedSecret = '******';

/** Whether a secret came back as replies show it. */
export function isMasked(text: string): boolean {
  return /^\*+$/.test(text);
}

/** What to do about a registry that cannot be used. */
export function solutionFor(code: string): string {
  return solutions[code] ?? '';
}

const solutions: Partial<Record<string, string>> = {
  'registry-unreachable':
    'Check the address, the network between this service and the registry, and its certificate; then sync again.',
  'registry-denied':
    'Check the user name and password, and that they may list the catalogue and pull; then sync again.',
  'registry-not-found': 'Check the address: the distribution API (/v2/) was not found there.',
  'registry-error': 'Look into the logs of the registry, and sync again when it answers.',
  'digest-mismatch': 'Something between the registry and this service changes what it sends; check proxies and caches.',
  'catalogue-refused':
    'Use a login that may list the whole catalogue; registries of many owners, such as Docker Hub, do not offer one.',
  'internal-error': 'Sync again; if it fails again, ask the operator of this service.',
};
