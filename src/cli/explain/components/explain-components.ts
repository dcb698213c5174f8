/** @file `fovea explain --components`: what a network knows about each place, as colours of three principal components. */

import type { FoundInput } from "../../../data/find-inputs.js";
import { writeNpy } from "../../../data/npy.js";
import { evenly } from "../../../data/subsets.js";
import { type Components, principalComponents } from "../../../explain/components/components.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { count, counted, percent } from "../../../foundation/words.js";
import { componentColors } from "../../../image/map/component-colors.js";
import { floatMap } from "../../../image/map/heatmap.js";
import { componentSvg, encodePicture } from "../../../image/node.js";
import { createPicture, type Picture, toRgb } from "../../../image/picture/picture.js";
import { type Box, placeMap } from "../../../image/picture/resize.js";
import { describeLayer, layerSize } from "../../../model/layers/layer.js";
import { floats, type Tensor } from "../../../onnx/tensor.js";
import { eachInput } from "../../inputs/each-input.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { assumptions, describedRecipe, type ImageInput, readInput } from "../../inputs/read-input.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { layerOptions } from "../../options/model-options.js";
import { runtime } from "../../platform.js";
import type { Job, Outcome } from "../../terminal/job.js";
import { print, printJson, printLines } from "../../terminal/print.js";
import { standardOutput } from "../../terminal/standard-output.js";
import type { Plan } from "../plan.js";
import { fileOfFigure, writeResult } from "../result/result.js";

/** How many pictures the components are found in, evenly spread over those that are drawn. */
const mostPictures = 50;

/** All that the inputs of a run share. */
interface ComponentRun {
  readonly plan: Plan;
  readonly named: NamedModel;
  readonly components: Components;
}

interface ComponentResult {
  readonly source: FoundInput;
  readonly image: ImageInput;
  readonly picture: Picture;
  /** float32 [1, 3, h, w] */
  readonly values: Tensor;
}

/** Draws the components of each input, in colours that all share. @returns the exit code */
export async function explainComponents(job: Job, named: NamedModel, plan: Plan, flags: ExplainFlags): Promise<number> {
  const components = await findComponents(job, named, plan, flags);
  const run: ComponentRun = { plan, named, components };
  let outcome: Outcome;
  try {
    outcome = await eachInput(job, plan, "reading places", async (source, isFirst) => {
      const result = await read(run, source);
      tell(job, run, result, await write(run, result), isFirst);
    });
  } finally {
    await components.close();
  }
  if (job.format === "json") printJson({ ...whole(run), results: job.records, failures: job.failures });
  return job.end(outcome);
}

/** The components of pictures that can be read. */
function findComponents(job: Job, named: NamedModel, plan: Plan, flags: ExplainFlags): Promise<Components> {
  const { signal } = job;
  const some = evenly(plan.inputs, mostPictures);
  return job.heed(() =>
    job.stage("finding components", (onProgress) => {
      async function* images(): AsyncGenerator<Tensor> {
        for (const [i, source] of some.entries()) {
          onProgress(i, some.length);
          const image = source.error ? undefined : await readInput(named.model, source).catch(unlessAlone(plan));
          if (image) yield image.input;
        }
      }
      return principalComponents(named.model, images(), { runtime, signal, ...layerOptions(flags) });
    }),
  );
}

/** One of many that cannot be read is told of when its turn comes. */
function unlessAlone({ many }: Plan): (error: unknown) => undefined {
  return (error) => {
    if (!many || !(error instanceof FoveaError)) throw error;
    return undefined;
  };
}

async function read({ named, components }: ComponentRun, source: FoundInput): Promise<ComponentResult> {
  const image = await readInput(named.model, source);
  const [picture, ...others] = image.pictures;
  if (picture === undefined || others.length > 0)
    throw new FoveaError("bad-input", `${image.path}: components: expected one image, got ${image.pictures.length}`);
  return { source, image, picture, values: await components.of(image.input) };
}

/** @returns the written paths */
async function write({ plan: { outputs, drawing }, named, components }: ComponentRun, result: ComponentResult) {
  const { source, image, picture, values } = result;
  const written: string[] = [];
  const put = async (path: string, bytes: Uint8Array | string) => {
    await writeResult(path, bytes, outputs);
    written.push(path);
  };
  const seen = image.box ?? { x: 0, y: 0, width: picture.width, height: picture.height };
  if (drawing.kinds.includes("raw")) await put(outputs.path(source, "raw"), writeNpy(values));
  if (drawing.kinds.includes("figure")) {
    const colors = componentColors(planesOf(values), components.ranges);
    const detail = detailOf(components);
    const svg = await componentSvg({ picture, colors, seen, shares: components.shares, title: named.name, detail });
    await put(outputs.path(source, "figure"), await fileOfFigure(svg, outputs));
  }
  for (const kind of ["overlay", "heatmap"] as const) {
    if (!drawing.kinds.includes(kind) || outputs.format === "svg") continue;
    const colors = placed(values, seen, picture, components);
    const pixels = kind === "overlay" ? blended(picture, colors, seen) : colors;
    await put(outputs.path(source, kind), await encodePicture(pixels, outputs.format));
  }
  return written;
}

function planesOf(values: Tensor) {
  const [, , height = 1, width = 1] = values.dims;
  const area = width * height;
  return [0, 1, 2].map((c) => floatMap(width, height, floats(values).subarray(c * area, (c + 1) * area)));
}

/** The colours at the picture's size, black where the network saw nothing. */
function placed(values: Tensor, seen: Box, { width, height }: Picture, { ranges }: Components): Picture {
  // Counted from the least value on: what is beside the crop is zero, which is black then.
  const planes = planesOf(values).map((plane, c) => {
    const [least = 0] = ranges[c] ?? [];
    return placeMap({ ...plane, values: plane.values.map((value) => Math.max(0, value - least)) }, seen, width, height);
  });
  return componentColors(
    planes,
    ranges.map(([least, most]) => [0, most - least]),
  );
}

/** Colours over the picture, as strong as it; outside of what the network saw the picture alone. */
function blended(picture: Picture, colors: Picture, { x, y, width, height }: Box): Picture {
  const base = toRgb(picture).pixels;
  const pixels = Uint8Array.from(base, (level, i) => {
    const place = Math.floor(i / 3);
    const [left, top] = [(place % picture.width) + 0.5, Math.floor(place / picture.width) + 0.5];
    const isSeen = left >= x && left <= x + width && top >= y && top <= y + height;
    return isSeen ? Math.round((level + (colors.pixels[i] ?? 0)) / 2) : level;
  });
  return createPicture(picture.width, picture.height, 3, pixels);
}

function detailOf({ layer, images }: Components): string {
  const of = images > 1 ? ` of ${count(images)} pictures` : "";
  return `Principal components${of} at ${layer.name}, ${layerSize(layer)}`;
}

function sharesInWords({ shares }: Components): string {
  return `${shares.map((share) => percent(share, 0)).join(", ")} of what differs between places`;
}

function tell(job: Job, run: ComponentRun, { image }: ComponentResult, written: string[], isFirst: boolean): void {
  const { named, plan, components } = run;
  const notes = [...(image.isArray ? [] : assumptions(named.model)), ...image.notes];
  job.record({ input: image.path, notes, written: written.length === 1 ? at(written, 0) : written });
  if (job.format !== "text") return;
  const about = [
    `  components at ${components.layer.name} (${describeLayer(components.layer)}): ${components.layer.reason}`,
    `  red, green, blue: ${sharesInWords(components)}${components.images > 1 ? `, found in ${counted(components.images, "picture")}` : ""}`,
  ];
  if (plan.many) {
    if (isFirst) printLines([modelLine(named), ...notes.map((note) => `  ${note}`), ...about]);
    print(`${image.path} -> ${written.join(", ")}`);
    return;
  }
  print(`${image.path}: ${modelLine(named)}`);
  printLines([...notes.map((note) => `  ${note}`), ...about]);
  if (named.model.task.name === "embedding")
    print("  --similar-to FILE shows what makes this picture similar to another one");
  for (const path of written) if (path !== standardOutput) print(`  wrote ${path}`);
}

function whole({ named, components: { layer, images, shares, ranges } }: ComponentRun) {
  const { name, dims } = layer;
  return {
    model: named.path,
    task: { name: named.model.task.name },
    ...describedRecipe(named.model),
    method: "components",
    layer: { name, dims },
    components: { images, shares, ranges },
  };
}
