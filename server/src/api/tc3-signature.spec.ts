import { describe, expect, it } from 'vitest';
import {
  checkTimestamp,
  parseAuthorization,
  signature,
  signHeaders,
  verifySignature,
  type SignedRequest,
} from './tc3-signature.ts';

const secretKey = 'a secret key for the tests';
const body = Buffer.from('{"Limit": 1}');
const scope = { date: '2026-03-01', service: 'tcss', signedHeaders: ['content-type', 'host'] };
const timestamp = '1772323200';

function request(headers: Record<string, string>, more: Partial<SignedRequest> = {}): SignedRequest {
  return { method: 'POST', query: '', headers, body, ...more };
}

function authorizationOf(hex: string, signedHeaders = scope.signedHeaders) {
  return { secretId: 'id', ...scope, signedHeaders, signature: hex };
}

describe('the signature', () => {
  // Computed with Python's hmac and hashlib from the contract's description, by hand.
  it('is that of an independent computation', () => {
    const signed = request({ 'content-type': 'application/json', host: '127.0.0.1' });
    expect(signature(signed, scope, timestamp, secretKey)).toBe(
      'f1e2c53988ac704360bc0d2f9977c82e880baae13aafbacd28d48f759dcee836',
    );
  });

  it.each([
    ['with its port, as Python and Go sign it', '127.0.0.1:8080', '127.0.0.1:8080'],
    ['without its port, as Node signs it', '127.0.0.1', '127.0.0.1:8080'],
    ['with a scheme, as tccli sends and signs it', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['of an IPv6 address', '[::1]', '[::1]:8080'],
  ])('holds for a host %s', (_, signedHost, receivedHost) => {
    const hex = signature(
      request({ 'content-type': 'application/json', host: signedHost }),
      scope,
      timestamp,
      secretKey,
    );
    const received = request({ 'content-type': 'application/json', host: receivedHost });
    expect(() => verifySignature(received, authorizationOf(hex), timestamp, secretKey)).not.toThrow();
  });

  it("covers the client's own list of headers, with the action in lower case", () => {
    const signedHeaders = ['content-type', 'host', 'x-tc-action'];
    const headers = { 'content-type': 'application/json; charset=utf-8', host: 'h', 'x-tc-action': 'openTcssTrial' };
    const hex = signature(request(headers), { ...scope, signedHeaders }, timestamp, secretKey);
    const verify = (action: string) =>
      verifySignature(
        request({ ...headers, 'x-tc-action': action }),
        authorizationOf(hex, signedHeaders),
        timestamp,
        secretKey,
      );
    expect(() => verify('OpenTcssTrial')).not.toThrow();
    expect(() => verify('DescribePurchaseStateInfo')).toThrow(/signature does not fit/);
  });

  it.each<[string, Partial<SignedRequest>, string, string]>([
    ['another body', { body: Buffer.from('{"Limit": 2}') }, timestamp, secretKey],
    ['another query', { query: 'a=1' }, timestamp, secretKey],
    ['another method', { method: 'GET' }, timestamp, secretKey],
    ['another host', { headers: { 'content-type': 'application/json', host: 'other' } }, timestamp, secretKey],
    ['another time', {}, '1772323201', secretKey],
    ['another key', {}, timestamp, 'another key'],
  ])('does not hold for %s', (_, changed, time, key) => {
    const original = request({ 'content-type': 'application/json', host: 'h' });
    const hex = signature(original, scope, timestamp, secretKey);
    expect(() => verifySignature({ ...original, ...changed }, authorizationOf(hex), time, key)).toThrow(
      expect.objectContaining({ code: 'AuthFailure.SignatureFailure' }),
    );
  });

  it('that we make is one that we take', () => {
    const now = Temporal.Instant.from('2026-03-01T23:59:59.9Z');
    const call = { host: 'h:1', action: 'A', version: 'v', body: '{}', secretId: 'id', secretKey, now };
    const headers = signHeaders(call);
    const authorization = parseAuthorization(headers['authorization']);
    const time = checkTimestamp(headers['x-tc-timestamp'], authorization.date, now);
    expect(() =>
      verifySignature(request(headers, { body: Buffer.from('{}') }), authorization, time, secretKey),
    ).not.toThrow();
  });
});

describe('the Authorization header', () => {
  const hex = '0'.repeat(64);
  it.each([
    ['absent', undefined],
    ['SKIP', 'SKIP'],
    [
      'of another algorithm',
      `TC2-HMAC-SHA256 Credential=id/2026-03-01/tcss/tc3_request, SignedHeaders=content-type;host, Signature=${hex}`,
    ],
    [
      'without host among the headers',
      `TC3-HMAC-SHA256 Credential=id/2026-03-01/tcss/tc3_request, SignedHeaders=content-type, Signature=${hex}`,
    ],
    [
      'without content-type among the headers',
      `TC3-HMAC-SHA256 Credential=id/2026-03-01/tcss/tc3_request, SignedHeaders=host, Signature=${hex}`,
    ],
    [
      'with a short signature',
      'TC3-HMAC-SHA256 Credential=id/2026-03-01/tcss/tc3_request, SignedHeaders=content-type;host, Signature=00',
    ],
    [
      'of another scope',
      `TC3-HMAC-SHA256 Credential=id/2026-03-01/tcss/tc2_request, SignedHeaders=content-type;host, Signature=${hex}`,
    ],
  ])('%s is refused', (_, header) => {
    expect(() => parseAuthorization(header)).toThrow(
      expect.objectContaining({ code: 'AuthFailure.InvalidAuthorization' }),
    );
  });

  it.each(['127', 'localhost:8080', 'tcss', 'billing'])('may have the service %s', (service) => {
    const header = `TC3-HMAC-SHA256 Credential=id/2026-03-01/${service}/tc3_request, SignedHeaders=content-type;host, Signature=${hex}`;
    expect(parseAuthorization(header)).toMatchObject({ service, secretId: 'id', date: '2026-03-01' });
  });
});

describe("the request's time", () => {
  const now = Temporal.Instant.from('2026-03-01T12:00:00.5Z');
  const seconds = Math.floor(now.epochMilliseconds / 1000);
  it.each([
    [0, true],
    [300, true],
    [-300, true],
    [301, false],
    [-301, false],
  ])('%i seconds away: taken %s', (distance, taken) => {
    const check = () => checkTimestamp(String(seconds + distance), '2026-03-01', now);
    if (taken) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'AuthFailure.SignatureExpire' }));
  });

  it.each([undefined, '', 'soon', '-5', '1e9'])('%s is refused', (header) => {
    expect(() => checkTimestamp(header, '2026-03-01', now)).toThrow(
      expect.objectContaining({ code: 'AuthFailure.SignatureFailure' }),
    );
  });

  it("must be of the scope's UTC day", () => {
    expect(() => checkTimestamp(String(seconds), '2026-03-02', now)).toThrow(/UTC day/);
  });
});
