/** @file `fovea explain` of a network whose output is a map: the output itself, drawn over the picture. */

import type { FoundInput } from "../../../data/find-inputs.js";
import { writeNpy } from "../../../data/npy.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { percent } from "../../../foundation/words.js";
import { placeOnPicture } from "../../../image/figure/explanation-row.js";
import type { ExplanationRow } from "../../../image/figure/figure.js";
import { normalizeMap } from "../../../image/map/heatmap.js";
import { mapsJson } from "../../../image/map/maps-json.js";
import { colorizeMap, overlay } from "../../../image/map/overlay.js";
import { encodePicture, explanationSvg } from "../../../image/node.js";
import type { Picture } from "../../../image/picture/picture.js";
import { placeMap, resizeMap } from "../../../image/picture/resize.js";
import { createMapReader, type GivenMap, type MapReader, type MapScale, scaleOf } from "../../../model/run/read-map.js";
import type { MapTask } from "../../../model/tasks/found-task.js";
import { float32 } from "../../../onnx/tensor.js";
import { eachInput } from "../../inputs/each-input.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { assumptions, describedRecipe, type ImageInput, readInput } from "../../inputs/read-input.js";
import { runtime } from "../../platform.js";
import type { Job, Outcome } from "../../terminal/job.js";
import { print, printJson, printLines } from "../../terminal/print.js";
import { standardOutput } from "../../terminal/standard-output.js";
import type { Plan } from "../plan.js";
import { coloured, fileOfFigure, writeResult } from "../result/result.js";

/** All that the inputs of a run share. */
interface MapRun {
  readonly plan: Plan;
  readonly named: NamedModel;
  readonly task: MapTask;
  readonly reader: MapReader;
}

/** The map of one picture. */
interface MapResult extends GivenMap, MapScale {
  readonly source: FoundInput;
  readonly image: ImageInput;
  readonly picture: Picture;
  /** The share of the map that is high. */
  readonly area: number;
}

/** Draws the map of each input. @returns the exit code */
export async function explainMap(job: Job, named: NamedModel, task: MapTask, plan: Plan): Promise<number> {
  const run: MapRun = { plan, named, task, reader: createMapReader(named.model, { runtime }) };
  let outcome: Outcome;
  try {
    outcome = await eachInput(job, plan, "reading maps", async (source, isFirst) => {
      const result = await readMap(run, source);
      tell(job, run, result, await write(run, result), isFirst);
    });
  } finally {
    await run.reader.close();
  }
  if (job.format === "json") printJson(whole(run, job));
  return job.end(outcome);
}

async function readMap({ named, reader }: MapRun, source: FoundInput): Promise<MapResult> {
  const image = await readInput(named.model, source);
  const [picture, ...others] = image.pictures;
  if (picture === undefined || others.length > 0)
    throw new FoveaError("bad-input", `${image.path}: map: expected one image, got ${image.pictures.length}`);
  const given = await reader.read(image.input);
  const scale = scaleOf(given.map);
  const { values } = given.map;
  const area = values.reduce((sum, value) => sum + (value >= scale.limit ? 1 : 0), 0) / values.length;
  return { ...given, ...scale, source, image, picture, area };
}

/** @returns the written paths */
async function write({ plan: { outputs, drawing }, task }: MapRun, result: MapResult): Promise<string[]> {
  const { source, image, picture, map, peak, signed } = result;
  const colours = coloured({ ...drawing, signed });
  const written: string[] = [];
  const put = async (path: string, bytes: Uint8Array | string) => {
    await writeResult(path, bytes, outputs);
    written.push(path);
  };
  if (drawing.kinds.includes("raw")) {
    await put(outputs.path(source, "raw"), writeNpy(float32([1, map.height, map.width], map.values)));
    const json = outputs.rawJson(source);
    if (json !== undefined) await put(json, mapsJson([{ label: task.output, map }], image.box, signed));
  }
  if (drawing.kinds.includes("figure")) {
    const svg = await explanationSvg(
      { picture, rows: [rowOf(task, result)] },
      signed ? {} : { ...colours, scaleLabel: "output" },
    );
    await put(outputs.path(source, "figure"), await fileOfFigure(svg, outputs));
  }
  for (const kind of ["overlay", "heatmap"] as const) {
    if (!drawing.kinds.includes(kind) || outputs.format === "svg") continue;
    const { width, height } = picture;
    const shown = normalizeMap(map, { signed, peak });
    const laid = image.box ? placeMap(shown, image.box, width, height) : resizeMap(shown, width, height);
    const pixels = kind === "overlay" ? overlay(picture, laid, colours) : colorizeMap(laid, colours.colormap);
    await put(outputs.path(source, kind), await encodePicture(pixels, outputs.format));
  }
  return written;
}

function rowOf(
  { output }: MapTask,
  { map, peak, signed, score, image, picture, ...result }: MapResult,
): ExplanationRow {
  return {
    title: output,
    ...(score === undefined ? {} : { score: `score ${score.toPrecision(3)}` }),
    detail: `${map.width}×${map.height}, ${areaInWords(result)}`,
    map: image.box ? placeOnPicture(map, image.box, picture) : map,
    peak,
    signed,
    ...(signed ? { signs: ["above zero", "below zero"] } : {}),
  };
}

function areaInWords({ area, limit }: Pick<MapResult, "area" | "limit">): string {
  return `${percent(area, 1)} of the map at ${Number(limit.toPrecision(3))} or more`;
}

function tell(job: Job, { named, plan, task }: MapRun, result: MapResult, written: string[], isFirst: boolean): void {
  const { image, score, least, most, area, limit } = result;
  const notes = [...(image.isArray ? [] : assumptions(named.model)), ...image.notes];
  job.record({
    input: image.path,
    ...{ output: task.output, score, least, most, limit, area, notes },
    written: written.length === 1 ? at(written, 0) : written,
  });
  if (job.format !== "text") return;
  const facts = [
    ...(score === undefined ? [] : [`score ${score.toPrecision(4)}`]),
    `from ${least.toPrecision(3)} to ${most.toPrecision(3)}`,
    areaInWords(result),
  ].join(", ");
  if (plan.many) {
    if (isFirst) printLines([modelLine(named), ...notes.map((note) => `  ${note}`)]);
    print(`${image.path}: ${facts} -> ${written.join(", ")}`);
    return;
  }
  print(`${image.path}: ${modelLine(named)}`);
  for (const note of notes) print(`  ${note}`);
  print(`  the map "${task.output}": ${facts}`);
  print("  the output itself is drawn; --method hires-cam shows what raises it where it is high");
  for (const path of written) if (path !== standardOutput) print(`  wrote ${path}`);
}

function whole({ named, task }: MapRun, { records: results, failures }: Job) {
  return {
    model: named.path,
    task: { name: task.name, output: task.output },
    ...describedRecipe(named.model),
    method: "none",
    results,
    failures,
  };
}
