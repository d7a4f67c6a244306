/** Asking a ClamAV daemon about the files of an image, besides the rules for malware. */
export { type ClamdAddress, clamdAddressText, parseClamdAddress } from './address.ts';
export { Clamd, type ClamdLayer } from './clamd.ts';
