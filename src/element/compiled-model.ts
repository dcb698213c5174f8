/** @file Models that `fovea compile --image` wrote, run in the page: photos to heat maps. */

import { fetchFile, shortUrl } from "../files/fetch-file.js";
import { FoveaError, unknownName } from "../foundation/error.js";
import { at, present } from "../foundation/present.js";
import { mapPeak } from "../image/map/heatmap.js";
import type { Picture } from "../image/picture/picture.js";
import { modelCard } from "../model/card.js";
import type { ValueInfo } from "../onnx/graph.js";
import { readModel } from "../onnx/read/read.js";
import { int64, numbers, Tensor } from "../onnx/tensor.js";
import type { Runtime, Session } from "../runtime/session.js";
import { createWebRuntime } from "../runtime/web.js";
import { type HeatMap, mapAt } from "./map-data.js";
import { runtimeFiles } from "./runtime-files.js";

export interface CompiledModel {
  /**
   * @param label a class by its name or index; null for the one with the highest score
   * @param rank which of the maps that the model gives
   */
  explain(picture: Picture, label: string | null, rank: number): Promise<HeatMap>;
  close(): Promise<void>;
}

/** @throws FoveaError `bad-file`, `bad-graph`; `bad-input` for a model of another kind */
export async function openCompiledModel(url: string, files: string | undefined): Promise<CompiledModel> {
  const name = shortUrl(url);
  const bytes = new Uint8Array(await (await fetchFile(url)).arrayBuffer());
  const { classes } = modelCard(readModel(bytes, name));
  const session = await (await runtimeOf(files)).open(bytes);
  try {
    const places = placesOf(session, name);
    return {
      explain: (picture, label, rank) => explain(session, places, { picture, label, rank, classes, name }),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

const runtimes = new Map<string | undefined, Promise<Runtime>>();

/** One for each place of onnxruntime's files; the page's main thread stays free where the browser allows a worker. */
function runtimeOf(files: string | undefined): Promise<Runtime> {
  const runtime =
    runtimes.get(files) ??
    runtimeFiles(files).then((given) => createWebRuntime({ provider: "wasm", worker: true, ...given }));
  runtimes.set(files, runtime);
  runtime.catch(() => runtimes.delete(files));
  return runtime;
}

interface Places {
  readonly image: ValueInfo;
  readonly choice: ValueInfo | undefined;
  readonly map: ValueInfo;
  readonly classes: ValueInfo;
}

/** Finds the inputs and outputs that `compileExplanation` added: its outputs are the last two. */
function placesOf({ inputs, outputs }: Session, name: string): Places {
  const image = inputs.find(({ type, dims }) => type === "uint8" && dims?.length === 4 && dims[3] === 3);
  const choice = inputs.find(({ type, dims }) => type === "int64" && dims?.length === 2);
  const [map, classes] = outputs.slice(-2);
  const isCompiled = map?.name.startsWith("heatmap") && classes?.name.startsWith("heatmap_classes");
  if (image && map && classes && isCompiled && inputs.length === (choice ? 2 : 1))
    return { image, choice, map, classes };
  const got = `inputs ${inputs.map((input) => input.name).join(", ")} and outputs ${outputs.map((output) => output.name).join(", ")}`;
  throw new FoveaError("bad-input", `${name}: expected a model that fovea compile --image wrote, got one with ${got}`);
}

interface Request {
  readonly picture: Picture;
  readonly label: string | null;
  readonly rank: number;
  readonly classes: readonly string[] | undefined;
  readonly name: string;
}

async function explain(
  session: Session,
  { image, choice, map, classes }: Places,
  { picture, label, rank, classes: labels, name }: Request,
): Promise<HeatMap> {
  const { width, height, pixels } = picture;
  const count = Number(map.dims?.[1]) || 1;
  if (label !== null && choice === undefined)
    throw new FoveaError("bad-input", `${name}: class: expected a model compiled with --choose, got one without`);
  const first = label === null ? -1 : findClass(label, labels, name);
  const feeds = {
    [image.name]: new Tensor("uint8", [1, height, width, 3], pixels),
    ...(choice ? { [choice.name]: int64([first, ...Array(count - 1).fill(-1)], [1, count]) } : {}),
  };
  const results = await session.run(feeds);
  const heat = mapAt(present(results[map.name], map.name), [0, rank], name);
  const index = at(numbers(present(results[classes.name], classes.name)), rank);
  // Its peak lies between pixels and was 1 before the map was enlarged.
  const peak = Math.sign(mapPeak(heat));
  return { map: heat, peak, relative: true, label: labels?.[index] ?? `class ${index}` };
}

function findClass(label: string, labels: readonly string[] | undefined, name: string): number {
  const index = labels?.indexOf(label) ?? -1;
  if (index >= 0) return index;
  if (/^\d+$/.test(label) && Number(label) < (labels?.length ?? Number.POSITIVE_INFINITY)) return Number(label);
  throw unknownName("class", label, labels ?? [], name);
}
