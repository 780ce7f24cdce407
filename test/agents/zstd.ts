const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** One segment, whose size follows in four bytes. */
const DESCRIPTOR = 0xa0;
const BLOCK_BYTES = 100_000;

/** A file of Zstandard (RFC 8878) that holds these bytes as they are. */
export const storedZstd = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  const parts: Uint8Array[] = [Buffer.from([...MAGIC, DESCRIPTOR]), size];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | (at + BLOCK_BYTES >= bytes.length ? 1 : 0), 0, 3);
    parts.push(head, block);
  }
  return Buffer.concat(parts);
};
