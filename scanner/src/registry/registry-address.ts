/** Where a registry is: what users write, with or without a scheme, with an optional path before `/v2/`. */
import { ScanError } from '../model.ts';

export interface RegistryAddress {
  /** Scheme, host and path, without a slash at the end: `/v2/…` is appended to it. */
  base: string;
  host: string;
  plainHttp: boolean;
}

/**
 * `http://` is plain HTTP; `https://` or no scheme is TLS. A trailing `/v2` is the API itself and not part of the path.
 * Throws `target-not-found` for what is no address, and for one that carries a password.
 */
export function parseRegistryAddress(text: string): RegistryAddress {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '' || /\s/.test(trimmed)) {
    throw refused('is not the address of a registry, such as https://registry.example.com');
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('carries a user name or password; give them apart from the address');
  }
  if (url.search !== '' || url.hash !== '') throw refused('ends with a query, which an address of a registry has not');
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v2$/, '');
  return { base: `${url.origin}${path}`, host: url.host, plainHttp: url.protocol === 'http:' };

  function refused(why: string): ScanError {
    // A password in it must not reach a log by way of the message.
    const shown = trimmed.replace(/\/\/[^/@]*@/, '//…@').slice(0, 200);
    return new ScanError({ code: 'target-not-found', message: `"${shown}" ${why}` });
  }
}
