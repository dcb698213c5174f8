/** @file Tar archives for tests, made by the library that others use. */

import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";

export type TarEntry = readonly [name: string, content: Uint8Array | string, header?: Partial<Header>];

export async function tarOf(entries: readonly TarEntry[]): Promise<Uint8Array> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const [name, content, header] of entries) archive.entry({ ...header, name }, Buffer.from(content));
  archive.finalize();
  return bytes;
}
