/** The tables of this domain, for its stores; nobody else touches them. Columns are told in the migration. */
import type { RiskClass } from '@wharfinger/scanner';
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { LayerCommand } from './layer-commands.ts';
import type { Level } from './levels.ts';
import type { ScanState } from './scan-state.ts';
import type { VulnerableComponent } from './vulnerability-rows.ts';

export type TaskKind = 'one-click' | 'plain';

type Instant = Temporal.Instant;

interface Seen {
  first_seen: Instant;
  last_seen: Instant;
}

export type ScanningTables = {
  scan_tasks: {
    tenant_id: bigint;
    id: GeneratedAlways<bigint>;
    kind: TaskKind;
    risk_classes: RiskClass[];
    timeout_seconds: number | null;
    created_at: Instant;
    image_count: number;
    ended_count: Generated<number>;
    ended_at: Instant | null;
  };
  scan_task_images: {
    tenant_id: bigint;
    task_id: bigint;
    image_id: string;
    state: ScanState;
    run: Generated<number>;
    failures: Generated<number>;
    progress: Generated<number>;
    started_at: Instant | null;
    ended_at: Instant | null;
    reason_code: Generated<string>;
    reason: Generated<string>;
  };
  scan_task_places: { tenant_id: bigint; task_id: bigint; registry_image_id: bigint; image_id: string };
  image_scans: {
    tenant_id: bigint;
    image_id: string;
    task_id: bigint;
    risk_classes: RiskClass[];
    state: ScanState;
    reason_code: Generated<string>;
    reason: Generated<string>;
  };
  layer_indexes: {
    tenant_id: bigint;
    layer: string;
    origin: 'pulled' | 'local';
    indexer: string;
    rules: string;
    risk_classes: string;
    content: Buffer;
  };
  image_results: {
    tenant_id: bigint;
    image_id: string;
    first_scanned_at: Instant;
    scanned_at: Instant;
    vulnerabilities_at: Instant | null;
    secrets_at: Instant | null;
    malware_at: Instant | null;
    complete: boolean;
    reason: string;
    operating_system: string;
    layers: string[];
    history: JSONColumnType<LayerCommand[]>;
    inventory: Buffer;
    package_count: number;
    advisory_generation: bigint;
    critical: Generated<number>;
    high: Generated<number>;
    medium: Generated<number>;
    low: Generated<number>;
    fixable: Generated<number>;
    secrets: Generated<number>;
    malware: Generated<number>;
  };
  vulnerability_texts: {
    tenant_id: bigint;
    digest: string;
    details: string;
    published: string;
    advisories: string[];
    other_ids: string[];
    links: string[];
  };
  image_vulnerabilities: Seen & {
    tenant_id: bigint;
    image_id: string;
    vulnerability_id: string;
    title: string;
    level: Level;
    cvss_score: string;
    cvss_vector: string;
    malicious: boolean;
    fixable: boolean;
    exploited: boolean;
    exploited_since: string;
    proof_of_concept: boolean;
    epss_score: number | null;
    epss_percentile: number | null;
    components: JSONColumnType<VulnerableComponent[]>;
    text_digest: string;
  };
  image_secrets: Seen & {
    tenant_id: bigint;
    image_id: string;
    key: string;
    rule: string;
    title: string;
    level: Level;
    path: string;
    line: number;
    layer: string;
    hidden: boolean;
    redacted: string;
  };
  image_malware: Seen & {
    tenant_id: bigint;
    image_id: string;
    key: string;
    rule: string;
    title: string;
    level: Level;
    category: string;
    author: string;
    tags: string[];
    path: string;
    layer: string;
    size_bytes: bigint;
    md5: string;
    sha256: string;
  };
};
