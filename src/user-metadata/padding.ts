import { createHash } from 'node:crypto';

// Node refuses to undo PKCS#1 v1.5 itself (CVE-2023-46809), and where its OpenSSL has implicit rejection
// a wrong key gives random bytes instead of an error, so that nobody could tell current from backup. The
// bare RSA operation is allowed everywhere. What makes the padding dangerous is somebody who sends
// values and learns whether they were padded well (Bleichenbacher); ours come from Adobe by TLS and are
// sealed from there on. All the same no branch here depends on the content, and there is one refusal.

/** The message in a block of RSAES-PKCS1-v1_5 (RFC 8017, 7.2.2); undefined where it is none. */
export function messageOfPkcs1(block: Buffer): Buffer | undefined {
  let bad = 0;
  let found = 0;
  let separator = 0;
  for (const [at, byte] of block.entries()) {
    if (at === 0) bad |= byte;
    else if (at === 1) bad |= byte ^ 2;
    else {
      const isZero = (byte - 1) >>> 31;
      separator |= at * (isZero & (found ^ 1));
      found |= isZero;
    }
  }
  // Eight bytes of padding at least, after the first two.
  bad |= (found ^ 1) | ((separator - 10) >>> 31);
  return bad === 0 ? block.subarray(separator + 1) : undefined;
}

/**
 * The message in a block of RSAES-OAEP (RFC 8017, 7.1.2) with an empty label and a mask of another hash
 * than the label's: so Java makes `OAEPWithSHA-256AndMGF1Padding`, which OpenSSL's defaults don't open.
 */
export function messageOfOaep(
  block: Buffer,
  { hash, maskHash }: { hash: string; maskHash: string },
): Buffer | undefined {
  const label = createHash(hash).digest();
  const size = label.length;
  const maskedSeed = block.subarray(1, 1 + size);
  const maskedData = block.subarray(1 + size);
  const seed = xor(maskedSeed, mask(maskedData, size, maskHash));
  const data = xor(maskedData, mask(seed, maskedData.length, maskHash));
  let bad = block[0] ?? 1;
  let found = 0;
  let separator = 0;
  for (const [at, byte] of data.entries()) {
    if (at < size) bad |= byte ^ (label[at] ?? 0);
    else {
      const isOne = ((byte ^ 1) - 1) >>> 31;
      const isZero = (byte - 1) >>> 31;
      separator |= at * (isOne & (found ^ 1));
      bad |= (found ^ 1) & ((isOne | isZero) ^ 1);
      found |= isOne;
    }
  }
  bad |= found ^ 1;
  return bad === 0 ? data.subarray(separator + 1) : undefined;
}

/** MGF1 (RFC 8017, B.2.1). */
function mask(seed: Buffer, length: number, hash: string): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0, made = 0; made < length; counter += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const part = createHash(hash).update(seed).update(count).digest();
    parts.push(part);
    made += part.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}
