/** The parts of a SARIF 2.1.0 log that we write. Source: the OASIS standard; the specs hold it against its JSON schema. */

export interface SarifLog {
  $schema: string;
  version: '2.1.0';
  runs: [SarifRun];
}

export interface SarifRun {
  tool: { driver: { name: string; version: string; rules: SarifRule[] } };
  invocations: [{ executionSuccessful: boolean; toolExecutionNotifications: SarifNotification[] }];
  /** What paths are counted from. */
  originalUriBaseIds: Record<string, { description: SarifText }>;
  results: SarifResult[];
  columnKind: 'utf16CodeUnits';
  properties: Record<string, unknown>;
}

export type SarifLevel = 'error' | 'warning' | 'note';

export interface SarifText {
  text: string;
}

export interface SarifRule {
  id: string;
  shortDescription: SarifText;
  fullDescription?: SarifText;
  help: SarifText;
  helpUri?: string;
  defaultConfiguration: { level: SarifLevel };
  properties: { tags: string[]; 'security-severity'?: string };
}

export interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: SarifLevel;
  message: SarifText;
  locations: SarifLocation[];
  partialFingerprints: Record<string, string>;
  /** Set where the user's ignore file, or a flag, leaves the finding out. */
  suppressions?: [{ kind: 'external'; status: 'accepted'; justification: string }];
  properties: Record<string, unknown>;
}

export interface SarifLocation {
  physicalLocation: {
    artifactLocation: { uri: string; uriBaseId: string };
    region?: { startLine: number };
  };
  logicalLocations?: [{ fullyQualifiedName: string }];
}

export interface SarifNotification {
  descriptor: { id: string };
  level: 'error';
  message: SarifText;
  locations?: SarifLocation[];
}
