/** @file `fovea explain clip.mp4`: every frame of a clip with its map over it, all on one scale. */

import { dirname } from "node:path";
import { mapOf } from "../../../explain/maps.js";
import type { Explainer } from "../../../explain/options.js";
import { rankedChoice } from "../../../explain/run/class-texts.js";
import { type Explained, explainStream } from "../../../explain/stream.js";
import { writeFileAtomically } from "../../../files/atomic.js";
import { FoveaError, namedError } from "../../../foundation/error.js";
import { shareInWords } from "../../../foundation/measures.js";
import { counted, percent } from "../../../foundation/words.js";
import { emphasizedPeak, withoutWeak } from "../../../image/map/emphasis.js";
import { normalizeMap } from "../../../image/map/heatmap.js";
import { colorizeMap, overlay } from "../../../image/map/overlay.js";
import { type Picture, toRgb } from "../../../image/picture/picture.js";
import { type Box, placeMap, resizeMap } from "../../../image/picture/resize.js";
import { areOwnScores } from "../../../model/targets/target.js";
import { type Clip, framesOf, probeClip } from "../../inputs/clips/frames.js";
import type { NamedModel } from "../../inputs/models.js";
import type { ImageInput } from "../../inputs/read-input.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { emphasisOptions } from "../../options/map-options.js";
import { targetedModel } from "../../options/values/targets.js";
import type { Job } from "../../terminal/job.js";
import { print, printJson, printLines } from "../../terminal/print.js";
import { flagsForTask } from "../by-task.js";
import { explainerFlags } from "../explaining/explainer-flags.js";
import { runLines } from "../print-results.js";
import { coloured } from "../result/result.js";
import { Captions } from "./caption.js";
import { clipOutput, refuseForClips } from "./clip-options.js";
import { encodeClip } from "./encode.js";
import { MapStore } from "./map-store.js";

/** A clip while it is explained. */
interface ClipRun {
  readonly job: Job;
  readonly named: NamedModel;
  readonly explainer: Explainer;
  readonly clip: Clip;
  readonly flags: ExplainFlags;
  readonly store: MapStore;
}

/** What the first pass found. */
interface Found {
  /** The value at the end of the colour scale of all frames. */
  readonly peak: number;
  /** The words of each frame's corner. */
  readonly captions: readonly string[];
  /** How many frames each class was explained in. */
  readonly classes: ReadonlyMap<string, number>;
  readonly box: Box | undefined;
  /** The first frame as it was read, for what is told of all. */
  readonly first: ImageInput;
}

/** @returns the exit code */
export async function explainVideo(job: Job, opened: NamedModel, path: string, given: ExplainFlags): Promise<number> {
  refuseForClips(opened.model, given);
  const flags = flagsForTask(opened, given);
  const out = clipOutput(path, flags.out);
  const named = { ...opened, model: await targetedModel(opened.model, flags) };
  const clip = await probeClip(path);
  const explainer = await named.model.explainer({ method: flags.method, ...(await explainerFlags(opened, flags)) });
  const store = await MapStore.open(dirname(out));
  const run: ClipRun = { job, named, explainer, clip, flags, store };
  try {
    const found = await job.heed(() => findMaps(run));
    await job.heed(() => draw(run, found, out));
    tell(run, found, out);
  } finally {
    await store.close();
    await explainer.close();
  }
  return job.end();
}

/** Explains every frame, and keeps its raw map. */
async function findMaps({ job, named, explainer, clip, flags, store }: ClipRun): Promise<Found> {
  const { signal } = job;
  const { signed = false } = flags;
  const classes = [rankedChoice(named.model, flags.class[0] ?? "predicted")];
  const [captions, counts]: [string[], Map<string, number>] = [[], new Map()];
  const found: { peak: number; first?: ImageInput } = { peak: 0 };
  const read = async (picture: Picture): Promise<ImageInput> => {
    const { input, box, notes } = await named.model.readImage(picture);
    return { path: clip.path, input, pictures: [], box, notes };
  };
  await job.stage("explaining frames", async (onProgress) => {
    const explained = explainStream(explainer, framesOf(clip, signal), read, { batch: flags.batch, classes, signal });
    for await (const frame of explained) {
      if (frame.error) throw namedError(`${clip.path}: frame ${store.count + 1}`, frame.error);
      const map = mapOf(frame.explanation, 0, 0, { signed });
      found.peak = Math.max(found.peak, emphasizedPeak(map, emphasisOptions(flags)));
      await store.add(map);
      const { label, caption } = captionOf(frame, named);
      captions.push(caption);
      counts.set(label, (counts.get(label) ?? 0) + 1);
      found.first ??= frame.image;
      onProgress(store.count, Math.max(store.count, clip.frames ?? 0));
    }
  });
  const { first, peak } = found;
  if (first === undefined) throw new FoveaError("bad-file", `${clip.path}: expected a clip with frames, got none`);
  return { peak, captions, classes: counts, box: first.box, first };
}

function captionOf({ explanation }: Explained<Picture, ImageInput>, { model }: NamedModel) {
  const explained = explanation?.at(0).classes[0];
  const label = explained?.label ?? "";
  const { probability, score = 0 } = explained ?? {};
  const isShare = probability !== undefined && !areOwnScores(model);
  return { label, caption: `${label}  ${isShare ? shareInWords(probability) : score.toPrecision(3)}` };
}

/** Reads the frames once more and writes them with their maps. */
async function draw({ job, clip, flags, store }: ClipRun, { peak, captions, box }: Found, out: string): Promise<void> {
  const { signal } = job;
  const [emphasis, labels] = [emphasisOptions(flags), new Captions()];
  const signed = emphasis.signed ?? false;
  const colours = coloured({ signed, colormap: flags.colormap });
  await job.stage("drawing", async (onProgress) => {
    async function* drawn(): AsyncGenerator<Picture> {
      let frame = 0;
      for await (const picture of framesOf(clip, signal)) {
        const map = await store.map(frame);
        // The last frames of a clip that breaks off may be read in one pass and not in the other.
        if (map === undefined) return;
        const shown = normalizeMap(withoutWeak(map, peak, emphasis), { signed, peak });
        const { width, height } = picture;
        const laid = box ? placeMap(shown, box, width, height) : resizeMap(shown, width, height);
        const pixels = flags.heatmap ? colorizeMap(laid, colours.colormap) : overlay(toRgb(picture), laid, colours);
        await labels.write(pixels, captions[frame] ?? "");
        frame++;
        onProgress(frame, store.count);
        yield pixels;
      }
    }
    const writeTo = (path: string) => encodeClip(drawn(), { clip, out, path });
    await writeFileAtomically(out, { writeTo }, { isOurName: flags.out === undefined });
  });
}

function tell({ job, named, explainer, clip, store }: ClipRun, found: Found, out: string): void {
  const { first, peak, classes } = found;
  const shares = [...classes].toSorted(([, a], [, b]) => b - a).map(([label, frames]) => ({ label, frames }));
  const { name } = explainer.layer;
  const result = {
    input: clip.path,
    frames: store.count,
    rate: clip.rate,
    layer: name,
    peak,
    classes: shares,
    written: out,
  };
  job.record(result);
  if (job.format === "json")
    printJson({ model: named.path, method: explainer.method.name, results: job.records, failures: [] });
  if (job.format !== "text") return;
  print(clip.path);
  printLines(runLines(named, explainer, first).map((line) => `  ${line}`));
  for (const note of first.notes) print(`  ${note}`);
  print(`  ${counted(store.count, "frame")} on one scale, up to ${peak.toPrecision(3)}`);
  for (const { label, frames } of shares.slice(0, 3))
    print(`  ${percent(frames / store.count, 0).padStart(7)}  of the frames: ${label}`);
  print(`  wrote ${out}`);
}
