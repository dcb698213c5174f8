/** @file Draws the figure of concepts, and writes it. */

import { extname } from "node:path";
import { drawnMaps, mostTogether } from "../../explain/concepts/regions.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { counted, percent } from "../../foundation/words.js";
import type { ConceptRow } from "../../image/figure/concepts/concept-figure.js";
import type { ConceptPicture } from "../../image/figure/concepts/concept-picture.js";
import { conceptSvg, rasterize } from "../../image/node.js";
import { imageFormats } from "../../image/picture/image-file.js";
import { layerSize } from "../../model/layers/layer.js";
import { readInput } from "../inputs/read-input.js";
import { printBytes } from "../terminal/print.js";
import { outputNamed, standardOutput } from "../terminal/standard-output.js";
import type { ConceptImage, ConceptResult } from "./concept-result.js";
import { classOf } from "./print-concepts.js";

const mostExamples = 5;

/** The format of the figure. @throws FoveaError `bad-input` for a name that tells of none */
export function figureFormat(out: string): (typeof imageFormats)[number] | "svg" {
  if (outputNamed(out) === standardOutput) return "png";
  const extension = extname(out).slice(1).toLowerCase().replace("jpeg", "jpg");
  const format = [...imageFormats, "svg" as const].find((each) => each === extension);
  if (format) return format;
  throw new FoveaError("bad-input", `--out ${out}: expected a file that ends in .png, .jpg, .webp or .svg`);
}

/** @returns the path */
export async function writeConcepts(result: ConceptResult, out: string): Promise<string> {
  const format = figureFormat(out);
  const svg = await figureOf(result);
  const bytes = format === "svg" ? svg : await rasterize(svg, format);
  const path = outputNamed(out);
  await (path === standardOutput ? printBytes(bytes) : writeFileAtomically(path, bytes));
  return path;
}

async function figureOf(result: ConceptResult): Promise<string> {
  const { named, concepts, study, studied, images } = result;
  const { layer } = concepts;
  const rows: ConceptRow[] = [];
  for (const [i, summary] of study.concepts.entries()) {
    const { importance, drop, present, examples } = summary;
    const best = examples.slice(0, mostExamples).map((image) => at(studied, image));
    const falls = `without it the score ${drop.value < 0 ? "rises" : "falls"} by ${Math.abs(drop.value).toFixed(2)}`;
    rows.push({
      number: i + 1,
      importance: importance.value,
      lines: [
        `importance ${importance.value.toFixed(2)}`,
        falls,
        `in ${percent(present, 0)} of ${counted(study.images, "image")}`,
      ],
      examples: await Promise.all(best.map((image) => pictureOf(result, image, [i]))),
    });
  }
  const first = study.concepts.map((_, i) => i).slice(0, mostTogether);
  return conceptSvg({
    title: `${named.name}: concepts for ${classOf(result)}`,
    detail: `Concepts of ${counted(images.length, "image")} at ${layer.name}, ${layerSize(layer, "×")}`,
    note: `A concept's region is where there is at least a third of the most that any place of the images has of it. Importance is the share of the score's variance that the concept has a hand in when all are weakened at random (total Sobol index).`,
    whole: await pictureOf(result, at(studied, telling(result)), first),
    rows,
  });
}

/** The image that holds most of what is important. */
function telling({ study }: ConceptResult): number {
  const sums = new Array<number>(study.images).fill(0);
  for (const { importance, examples } of study.concepts.slice(0, mostTogether))
    for (const image of examples) sums[image] = at(sums, image) + importance.value;
  return sums.indexOf(Math.max(...sums));
}

/** A picture with the regions of concepts by their places among the most important ones. */
async function pictureOf(
  result: ConceptResult,
  image: ConceptImage,
  ranks: readonly number[],
): Promise<ConceptPicture> {
  const { named, concepts, study } = result;
  const { pictures, box } = await readInput(named.model, image.source);
  const picture = at(pictures, 0);
  const maps = drawnMaps(await concepts.of(image.input), 0, concepts.all);
  return {
    picture,
    seen: box ?? { x: 0, y: 0, width: picture.width, height: picture.height },
    maps: ranks.map((rank) => ({ number: rank + 1, map: at(maps, at(study.concepts, rank).index) })),
  };
}
