// Who may talk to whom inside a Ceph: secrets of cephx, and the keyring files that hold them.
import { randomBytes } from 'node:crypto';

/** A new secret: kind (AES), time of birth, length, and sixteen bytes of chance. */
export function newSecret() {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  head.writeUInt16LE(16, 10);
  return Buffer.concat([head, randomBytes(16)]).toString('base64');
}

/** @param {{ name: string, secret: string, caps?: Record<string, string> }[]} keys */
export function keyringOf(...keys) {
  return keys
    .map(({ name, secret, caps = {} }) => {
      const lines = Object.entries(caps).map(([room, cap]) => `\tcaps ${room} = "${cap}"\n`);
      return `[${name}]\n\tkey = ${secret}\n${lines.join('')}`;
    })
    .join('');
}
