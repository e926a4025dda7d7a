import { randomBytes, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What a certificate says. Times in epoch milliseconds. */
export interface CertificateInput {
  privateKey: KeyObject;
  publicKey: KeyObject;
  commonName: string;
  notBefore: number;
  notAfter: number;
  /** IPv4 addresses that a TLS server with it may be reached at. */
  addresses?: readonly string[];
}

/** A self-signed X.509 v3 certificate in PEM form (RFC 5280, 4.1), RSA with SHA-256. */
export function selfSignedCertificate(input: CertificateInput): string {
  const { privateKey, publicKey, commonName, addresses = [] } = input;
  const algorithm = sequence(oid('2a864886f70d01010b'), tlv(0x05));
  const name = sequence(
    tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(commonName, 'utf8')))),
  );
  const validity = sequence(time(input.notBefore), time(input.notAfter));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const alternatives = addresses.map((address) =>
    tlv(0x87, Buffer.from(address.split('.').map(Number))),
  );
  const extensions =
    alternatives.length > 0
      ? [tlv(0xa3, sequence(sequence(oid('551d11'), tlv(0x04, sequence(...alternatives)))))]
      : [];
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    validity,
    name,
    spki,
    ...extensions,
  );
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  return new X509Certificate(sequence(body, algorithm, signature)).toString();
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime up to 2049, GeneralizedTime after. */
function time(at: number): Buffer {
  const digits = `${new Date(at).toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
  return digits < '2050' ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

/** Tag, length, value. */
function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const digits = value.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, value]);
}
