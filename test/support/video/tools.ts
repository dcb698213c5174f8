/** @file Stand-ins for ffmpeg and ffprobe on a path of their own, and clips of theirs. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const tool = fileURLToPath(new URL("stand-in.mjs", import.meta.url));

/** Makes the programs in a folder. @returns the paths with them, and with none */
export function standInTools(folder: string): { readonly withTools: string; readonly withoutTools: string } {
  const [bin, none] = [join(folder, "bin"), join(folder, "none")];
  mkdirSync(bin);
  mkdirSync(none);
  for (const name of ["ffmpeg", "ffprobe"]) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${tool}" "${name}" "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { withTools: [bin, process.env.PATH].join(delimiter), withoutTools: none };
}

/** A clip that they read, which begins as an MP4 file does. */
export function standInClip(path: string, facts: object): void {
  writeFileSync(path, `\0\0\0\x18ftypisom${JSON.stringify(facts)}`);
}
