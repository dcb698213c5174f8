/** @file The pictures beside the page that are drawn when it is built: icons, and the one that links to it show. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import type { Plugin } from "vite";
import { drawDigits } from "../dist/doors/data-web.js";
import { loadModel, mapOf } from "../dist/doors/node.js";
import { iconSvg } from "../dist/image/figure/mark.js";
import { sharePicture } from "../dist/image/figure/share-picture.js";
import { nodePlatform, rasterize } from "../dist/image/node.js";
import { createPicture } from "../dist/image/picture/picture.js";

/** Icons of an installed page, as its manifest names them. */
const icons = (["rounded", "maskable"] as const).flatMap((shape) => [192, 512].map((size) => ({ shape, size })));

/** The pictures by their place below the page. */
async function pictures(): Promise<Map<string, Uint8Array>> {
  const drawn = new Map<string, Uint8Array>();
  for (const { shape, size } of icons) {
    const icon = sharp(Buffer.from(iconSvg(shape)), { density: 72 * 8 }).resize(size, size);
    drawn.set(
      `icons/${shape}-${size}.png`,
      await icon.png({ palette: true, colours: 16, dither: 0, compressionLevel: 9 }).toBuffer(),
    );
  }
  return drawn.set("social.png", await socialPicture());
}

/** Of the first picture of the page: the digit model looks at a drawn digit. */
async function socialPicture(): Promise<Uint8Array> {
  const { pixels, labels } = drawDigits({ seed: 7, train: 0, test: 10 }).test;
  const first = labels.indexOf(0);
  const picture = createPicture(28, 28, 1, pixels.slice(784 * first, 784 * (first + 1)));
  const model = await loadModel();
  const explainer = await model.explainer();
  try {
    const explanation = await explainer.explain((await model.readImage(picture)).input);
    const sentence = `Why is this a ${explanation.at(0).predicted.label}?`;
    const detail = "Grad-CAM, step by step, in your browser";
    return await rasterize(
      await sharePicture({ picture, map: mapOf(explanation, 0), sentence, detail }, await nodePlatform()),
      "png",
    );
  } finally {
    await explainer.close();
  }
}

/** @param outDir the built page's folder */
export function drawnPictures(outDir: string): Plugin {
  return {
    name: "drawn-pictures",
    async writeBundle() {
      mkdirSync(join(outDir, "icons"), { recursive: true });
      for (const [name, bytes] of await pictures()) writeFileSync(join(outDir, name), bytes);
    },
  };
}
