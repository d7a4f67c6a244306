/** Networks in CIDR notation, and what kind of address an address is. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address and the length of its prefix. */
export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads CIDRs such as `10.0.0.0/8`. Throws an error that names the first one that is none. */
export function parseNetworks(cidrs: readonly string[]): Network[] {
  return cidrs.map((cidr) => {
    const [address = '', prefix = '', ...rest] = cidr.split('/');
    const family = isIP(address);
    const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (rest.length > 0 || family === 0 || address.includes('%') || !(length <= (family === 4 ? 32 : 128))) {
      throw new Error(`"${cidr}" is not a network such as 10.0.0.0/8 or fd00::/8`);
    }
    return [ipaddr.parse(address), length];
  });
}

/** Whether one of the networks covers the address. An IPv4-mapped IPv6 address counts as the IPv4 address that it is. */
export function covers(networks: readonly Network[], address: string): boolean {
  const parsed = ipaddr.process(address);
  return networks.some(([network, length]) => network.kind() === parsed.kind() && parsed.match(network, length));
}

/** Addresses that look public, but where a cloud answers its own machines with secrets. */
const metadataAddresses = new Set(['168.63.129.16']);
const globalUnicast: Network = [ipaddr.IPv6.parse('2000::'), 3];

/** Why the address is not one of the public internet, in words for people; undefined when it is one. */
export function whyNotPublic(address: string): string | undefined {
  const parsed = ipaddr.process(address);
  if (metadataAddresses.has(parsed.toString())) return 'a metadata address';
  const range = parsed.range();
  if (range !== 'unicast') return words[range] ?? 'a reserved address';
  // What IPv6 has not given out yet, and forms that hide an IPv4 address in it.
  if (parsed.kind() === 'ipv6' && !parsed.match(globalUnicast)) return 'a reserved address';
  return undefined;
}

const words: Partial<Record<string, string>> = {
  unspecified: 'the unspecified address',
  loopback: 'a loopback address',
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  carrierGradeNat: "an address of a carrier's network",
  rfc6052: 'an IPv4 address behind a translator',
  '6to4': 'an IPv4 address inside IPv6',
  teredo: 'an IPv4 address inside IPv6',
};
