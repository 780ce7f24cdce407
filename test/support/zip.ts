import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  name: string;
  content: string | Uint8Array;
  /** As if it had a password. */
  isEncrypted?: true;
  /** Another checksum than that of the content. */
  checksum?: number;
}

const bytesOf = (...fields: readonly [value: number, bytes: 2 | 4][]): Buffer =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );

/** A ZIP file (PKWARE's APPNOTE 6.3), deflated. */
export const zipped = (members: readonly ZipMember[]): Buffer => {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isEncrypted, checksum } of members) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const path = Buffer.from(name);
    const about = bytesOf(
      [20, 2],
      [0x800 | (isEncrypted ? 1 : 0), 2],
      [8, 2],
      [0, 2],
      [0x21, 2],
      [checksum ?? crc32(plain), 4],
      [packed.length, 4],
      [plain.length, 4],
      [path.length, 2],
      [0, 2],
    );
    const file = Buffer.concat([bytesOf([0x04034b50, 4]), about, path, packed]);
    local.push(file);
    central.push(
      Buffer.concat([
        bytesOf([0x02014b50, 4], [20, 2]),
        about,
        bytesOf([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
        path,
      ]),
    );
    offset += file.length;
  }
  const directory = Buffer.concat(central);
  const end = bytesOf(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [members.length, 2],
    [members.length, 2],
    [directory.length, 4],
    [offset, 4],
    [0, 2],
  );
  return Buffer.concat([...local, directory, end]);
};
