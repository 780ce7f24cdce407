import { Decompress } from "fzstd";

/** What compressed chunks hold. Node's own decompressor is not in every version that aicost runs on. */
export function* unzstd(chunks: Iterable<Buffer>): Generator<Buffer> {
  let parts: Buffer[] = [];
  const stream = new Decompress((part) => parts.push(Buffer.from(part)));
  for (const chunk of chunks) {
    // It keeps what it is given until it has a whole block of it.
    stream.push(Buffer.from(chunk));
    yield* parts;
    parts = [];
  }
  stream.push(new Uint8Array(), true);
  yield* parts;
}
