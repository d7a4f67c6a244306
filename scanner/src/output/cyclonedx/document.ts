/** The parts of a CycloneDX 1.6 document that we write. Source: the official JSON schema, which the specs hold it against. */
import type { IdSource } from '../id-source.ts';

export interface CycloneDxDocument {
  bomFormat: 'CycloneDX';
  specVersion: '1.6';
  serialNumber: string;
  version: 1;
  metadata: {
    timestamp: string;
    tools: { components: CycloneDxComponent[] };
    component: CycloneDxComponent;
    properties: CycloneDxProperty[];
  };
  components: CycloneDxComponent[];
  compositions: { aggregate: 'complete' | 'incomplete'; assemblies: string[] }[];
  vulnerabilities: CycloneDxVulnerability[];
  annotations: CycloneDxAnnotation[];
}

export interface CycloneDxComponent {
  type: 'application' | 'container' | 'file' | 'library' | 'operating-system';
  'bom-ref'?: string;
  group?: string;
  name: string;
  version?: string;
  hashes?: { alg: 'MD5' | 'SHA-256'; content: string }[];
  purl?: string;
  properties?: CycloneDxProperty[];
}

export interface CycloneDxProperty {
  name: string;
  value: string;
}

export interface CycloneDxAnnotation {
  'bom-ref': string;
  subjects: string[];
  annotator: { component: CycloneDxComponent };
  timestamp: string;
  text: string;
}

export interface CycloneDxVulnerability {
  'bom-ref': string;
  id: string;
  source: IdSource;
  references?: { id: string; source: IdSource }[];
  ratings: CycloneDxRating[];
  description?: string;
  detail?: string;
  recommendation?: string;
  advisories?: { url: string }[];
  published?: string;
  /** No `state`: nobody has told us whether the flaw can be used here. */
  analysis?: { response?: ['will_not_fix']; detail?: string };
  affects: { ref: string; versions: { version: string; status: 'affected' }[] }[];
  properties: CycloneDxProperty[];
}

export interface CycloneDxRating {
  severity: 'critical' | 'high' | 'medium' | 'low' | 'unknown';
  score?: number;
  method?: 'CVSSv2' | 'CVSSv3' | 'CVSSv31' | 'CVSSv4';
  vector?: string;
}
