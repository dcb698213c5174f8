/** @file A plugin that draws the icons of the installed page from the mark, where `public` has none. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import type { Plugin } from "vite";

const sides = [192, 512];

/** @param folder with `favicon.svg` */
export function icons(folder: string): Plugin {
  return {
    name: "icons",
    apply: "build",
    async generateBundle() {
      const mark = readFileSync(join(folder, "favicon.svg"));
      for (const side of sides) {
        const fileName = `icon-${side}.png`;
        if (existsSync(join(folder, fileName))) continue;
        // Drawn at its final size: the density is of 72 dots an inch for the picture's own size.
        const { width = side } = await sharp(mark).metadata();
        const source = await sharp(mark, { density: (72 * side) / width })
          .resize(side, side)
          .png()
          .toBuffer();
        this.emitFile({ type: "asset", fileName, source });
      }
    },
  };
}
