export { appendToAuditLog, listAuditLog, verifyAuditLog, type AuditVerification } from './audit-log.ts';
export type { AuditEntry, AuditHead, AuditRecord } from './chain.ts';
export { redactRequest, secretField } from './redact-request.ts';
