/** @file Folders of small pictures for tests. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { random } from "../../../src/foundation/random.js";
import { encodePng } from "../../../src/image/node.js";

/** A picture of soft waves that the seed decides. */
export function pngOf(seed: string, [width, height]: readonly [number, number] = [24, 16]): Promise<Uint8Array> {
  const source = random(seed);
  const waves = Array.from(
    { length: 8 },
    () => [source.normal() * 6, source.normal() * 6, source.uniform() * 6] as const,
  );
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % width) / width, Math.floor(i / 3 / width) / height];
    const sum = waves.reduce((total, [across, down, phase]) => total + Math.sin(across * x + down * y + phase), 0);
    return Math.round(127 + Math.max(-127, Math.min(128, 30 * sum)));
  });
  return encodePng({ width, height, channels: 3, pixels });
}

export interface TestFolder {
  readonly path: string;
  /** Writes files: what ends in an image's ending and has no content is a picture of its own name. */
  write(files: Readonly<Record<string, string | Uint8Array | undefined>>): Promise<void>;
  remove(): void;
}

export function testFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), "fovea-photos-"));
  return {
    path,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content ?? (await pngOf(name)));
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** `folder/1.png`, `folder/2.png` ... for `write`. */
export function pictures(folder: string, count: number): Record<string, undefined> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i + 1}.png`, undefined]));
}
