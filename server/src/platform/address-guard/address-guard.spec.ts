import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from 'undici';
import { AddressRefused, createAddressGuard, parseNetworks, type Resolve } from './index.ts';

const check = (url: string, allowedNetworks: string[] = [], resolve?: Resolve) =>
  createAddressGuard({ allowedNetworks, ...(resolve && { resolve }) }).check(new URL(url));

describe('an address that is not of the public internet', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.1.2.3', 'loopback'],
    ['2130706433', 'loopback'],
    ['0x7f.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'link-local'],
    ['168.63.129.16', 'metadata'],
    ['100.100.100.200', "carrier's"],
    ['192.0.0.192', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['[::]', 'unspecified'],
    ['[::1]', 'loopback'],
    ['[::ffff:127.0.0.1]', 'loopback'],
    ['[::ffff:10.0.0.1]', 'private'],
    ['[::127.0.0.1]', 'reserved'],
    ['[64:ff9b::7f00:1]', 'translator'],
    ['[64:ff9b:1::1]', 'translator'],
    ['[2002:7f00:1::]', 'inside IPv6'],
    ['[2001:0:1::1]', 'inside IPv6'],
    ['[fe80::1]', 'link-local'],
    ['[fec0::1]', 'reserved'],
    ['[fd00:ec2::254]', 'private'],
    ['[ff02::1]', 'multicast'],
    ['[100::1]', 'reserved'],
  ])('%s is refused: %s', async (host, why) => {
    await expect(check(`https://${host}/`)).rejects.toThrow(AddressRefused);
    await expect(check(`https://${host}/`)).rejects.toThrow(why);
  });

  it.each(['8.8.8.8', '1.1.1.1', '[2606:4700:4700::1111]', '[::ffff:8.8.8.8]'])('%s is public', async (host) => {
    await expect(check(`https://${host}/`)).resolves.toBeUndefined();
  });

  it.each([
    ['127.0.0.1', '127.0.0.0/8'],
    ['[::ffff:127.0.0.1]', '127.0.0.1/32'],
    ['[::1]', '::1/128'],
    ['10.9.9.9', '10.0.0.1/8'],
  ])('%s is reached, by plain HTTP too, where %s is allowed', async (host, network) => {
    await expect(check(`http://${host}/`, [network])).resolves.toBeUndefined();
    await expect(check(`https://${host}/`, [network])).resolves.toBeUndefined();
    await expect(check(`https://${host}/`, ['172.16.0.0/12', 'fd00::/8'])).rejects.toThrow(AddressRefused);
  });

  it('is refused when a name leads there', async () => {
    const names: Resolve = async (name) => (name === 'inside.example' ? ['10.0.0.7'] : ['8.8.8.8']);
    await expect(check('https://inside.example/', [], names)).rejects.toThrow('inside.example is a private address');
    await expect(check('https://outside.example/', [], names)).resolves.toBeUndefined();
  });
});

describe('plain HTTP', () => {
  it('to a public address is refused', async () => {
    await expect(check('http://8.8.8.8/')).rejects.toThrow('use https://');
  });
});

describe('networks', () => {
  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '::/129',
    'example.com/8',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fe80::%eth0/64',
  ])('%s is none', (cidr) => expect(() => parseNetworks([cidr])).toThrow(`"${cidr}" is not a network`));
});

describe('a guarded connection', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((_, response) => response.end('inside'));
    server.on('connection', () => connections++);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  async function read(url: string, allowedNetworks: string[], resolve?: Resolve): Promise<string> {
    const guard = createAddressGuard({ allowedNetworks, ...(resolve && { resolve }) });
    const dispatcher = guard.dispatcher();
    try {
      return await (await request(url, { dispatcher })).body.text();
    } finally {
      await dispatcher.destroy();
    }
  }

  it('never reaches what is refused', async () => {
    await expect(read(`http://127.0.0.1:${port}/`, [])).rejects.toThrow(AddressRefused);
    await expect(read(`http://[::ffff:127.0.0.1]:${port}/`, [])).rejects.toThrow(AddressRefused);
    await expect(read(`http://rebound.example:${port}/`, [], async () => ['127.0.0.1'])).rejects.toThrow(
      AddressRefused,
    );
    expect(connections).toBe(0);
  });

  it('reaches what is allowed, resolving once and going to the address that was checked', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const asked: string[] = [];
    const body = await read(`http://registry.example:${port}/`, ['127.0.0.0/8'], async (name) => {
      asked.push(name);
      return answers.shift() ?? [];
    });
    expect(body).toBe('inside');
    expect(asked).toEqual(['registry.example']);
  });

  it('leaves out the refused addresses of a name that has others, and tries the next when one is dead', async () => {
    const body = await read(`http://registry.example:${port}/`, ['127.0.0.0/8'], async () => [
      '169.254.169.254',
      '127.0.0.2',
      '127.0.0.1',
    ]);
    expect(body).toBe('inside');
  });
});

describe('a guarded connection over TLS', () => {
  let server: Server;
  let port: number;
  const names: unknown[] = [];
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wharfinger-tls-'));
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const subject = ['-subj', '/CN=registry.example', '-addext', 'subjectAltName=DNS:registry.example'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', ...subject];
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      names.push((request.socket as TLSSocket).servername);
      response.end('inside');
    });
    rmSync(folder, { recursive: true });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  async function read(host: string, insecure: boolean): Promise<string> {
    const guard = createAddressGuard({ allowedNetworks: ['127.0.0.0/8'], resolve: async () => ['127.0.0.1'] });
    const dispatcher = guard.dispatcher({ insecure });
    try {
      return await (await request(`https://${host}:${port}/`, { dispatcher })).body.text();
    } finally {
      await dispatcher.destroy();
    }
  }

  it.each(['registry.example', '127.0.0.1'])('to %s verifies the certificate unless told not to', async (host) => {
    await expect(read(host, false)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(names).toEqual([]);
    expect(await read(host, true)).toBe('inside');
    // The name that the user gave is asked for, although the connection goes to the address.
    expect(names.splice(0)).toEqual([host === '127.0.0.1' ? false : host]);
  });
});
