/** @file Photos that anyone can draw again, so that a measurement needs none of others. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../src/foundation/random.js";
import { encodePicture } from "../src/image/node.js";

const source = random(1);

/** Writes JPEG files of gradients with noise, which compress like photos. @returns their paths */
export function drawPhotos(folder: string, distinct: number): Promise<string[]> {
  const [width, height] = [640, 480];
  return Promise.all(
    Array.from({ length: distinct }, async (_, n) => {
      const slopes = Array.from({ length: 6 }, source.uniform);
      const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
        const [c, x, y] = [i % 3, (Math.floor(i / 3) % width) / width, Math.floor(i / 3 / width) / height];
        return 190 * ((x * (slopes[c] as number) + y * (slopes[c + 3] as number)) / 2) + source.below(40);
      });
      const photo = join(folder, `${n}.jpg`);
      writeFileSync(photo, await encodePicture({ width, height, channels: 3, pixels }, "jpg"));
      return photo;
    }),
  );
}
