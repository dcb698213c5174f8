/** @file The pictures beside the page that are drawn when it is built: icons, and the one that links to it show. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { Plugin } from "vite";
import { loadModel, mapOf } from "../../dist/doors/node.js";
import { iconSvg } from "../../dist/image/figure/mark.js";
import { sharePicture } from "../../dist/image/figure/share-picture.js";
import { nodePlatform, rasterize } from "../../dist/image/node.js";
import { sampleImages } from "./draw-samples.js";

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

/** Of the first picture of the page. */
async function socialPicture(): Promise<Uint8Array> {
  const [picture] = await sampleImages.shapes();
  if (picture === undefined) throw new Error("internal: there is no first picture");
  const model = await loadModel(fileURLToPath(new URL("../../models/shapes.onnx", import.meta.url)));
  const explainer = await model.explainer();
  try {
    const explanation = await explainer.explain((await model.readImage(picture)).input);
    const sentence = `Why is this a ${explanation.at(0).predicted.label}?`;
    const detail = "Grad-CAM, step by step, in your browser";
    const drawing = await sharePicture({ picture, map: mapOf(explanation, 0), sentence, detail }, await nodePlatform());
    return await sharp(await rasterize(drawing, "png"))
      .png({ palette: true, compressionLevel: 9, effort: 10 })
      .toBuffer();
  } finally {
    await explainer.close();
  }
}

/** @param outDir the built page's folder */
export function brandPictures(outDir: string): Plugin {
  return {
    name: "brand-pictures",
    async writeBundle() {
      mkdirSync(join(outDir, "icons"), { recursive: true });
      for (const [name, bytes] of await pictures()) writeFileSync(join(outDir, name), bytes);
    },
  };
}
