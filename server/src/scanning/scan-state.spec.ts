import { describe, expect, it } from 'vitest';
import { classStatus, hasEnded, scanStates, statesOfWireStatus, wireScanStatus } from './scan-state.ts';

describe('the state of a scan on the wire', () => {
  it.each([
    [undefined, 'NOT_SCAN'],
    ['waiting', 'SCANNING'],
    ['scanning', 'SCANNING'],
    ['scanned', 'SCANNED'],
    ['failed', 'SCAN_ERR'],
    ['stopped', 'CANCELED'],
  ] as const)('%s is %s', (state, status) => {
    expect(wireScanStatus(state)).toBe(status);
  });

  it.each([
    ['SCANNING', ['waiting', 'scanning']],
    ['scan_err', ['failed']],
    ['NOT_SCAN', []],
    ['constructor', []],
  ])('%s stands for %j', (status, states) => {
    expect(statesOfWireStatus(status)).toEqual(states);
  });

  it('has ended in three of five', () => {
    expect(scanStates.filter(hasEnded)).toEqual(['scanned', 'failed', 'stopped']);
  });
});

describe('the status of one class of risk', () => {
  it.each([
    ['never scanned', undefined, false, 'NOT_SCAN'],
    ['looked for by the newest scan, which runs', { state: 'scanning', riskClasses: ['malware'] }, true, 'SCANNING'],
    ['looked for by the newest scan, which failed', { state: 'failed', riskClasses: ['malware'] }, true, 'SCAN_ERR'],
    ['left by an older scan', { state: 'failed', riskClasses: ['secrets'] }, true, 'SCANNED'],
    ['never looked for', { state: 'scanned', riskClasses: ['secrets'] }, false, 'NOT_SCAN'],
  ] as const)('%s', (_, newest, hasResult, status) => {
    expect(classStatus(newest, 'malware', hasResult)).toBe(status);
  });
});
