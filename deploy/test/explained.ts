/** @file The compiled file in engines of Python: each photo has one row, with the class and the map that onnxruntime gives here. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readParquet } from "../../src/data/parquet/read.js";
import { random } from "../../src/foundation/random.js";
import { decodeImage } from "../../src/image/node.js";
import { toGrey, toRgb } from "../../src/image/picture/picture.js";
import { floats, Tensor } from "../../src/onnx/tensor.js";
import { createNodeRuntime } from "../../src/runtime/node.js";
import { check, say } from "./outcome.js";
import { killingWhile, run, start } from "./processes.js";
import { startRay } from "./ray.js";
import { deploy, drawnPhotos, fovea } from "./subject.js";

const photos = 600;
const unreadable = "0/broken.png";
const columns = { path: "string", class: "string", heatmap: "bytes", error: "string" } as const;
/** Of 255: half a step of rounding, and what one onnxruntime may differ from the other by. */
const tolerance = 0.55;

export interface ExplainedSubject {
  readonly explained: string;
  readonly photos: string;
}

/** The compiled file of the digit network, and photos of two sizes, one of which cannot be read. */
export async function explainedSubject(folder: string): Promise<ExplainedSubject> {
  mkdirSync(folder, { recursive: true });
  const explained = join(folder, "explained.onnx");
  await run([...fovea, "compile", join(deploy, "../models/mnist.onnx"), "--out", explained, "--image", "--quiet"]);
  const drawn = await drawnPhotos(join(folder, "photos"), photos, { halved: 5 });
  writeFileSync(join(drawn, unreadable), "no picture");
  return { explained, photos: drawn };
}

/** Ray Data with actors that are killed at random. */
export async function testRayData(python: string, subject: ExplainedSubject, folder: string): Promise<void> {
  say("Ray Data, the compiled file in batches");
  const cluster = await startRay(python, 2);
  try {
    const out = join(folder, "maps");
    const script = [python, join(deploy, "ray/explain_images.py"), "--address", cluster.address];
    const { ended } = start([...script, subject.explained, subject.photos, "--out", out, "--batch", "4"]);
    const victims = () => ["MapWorker", "ReadBinary", "Write"].flatMap(cluster.workers);
    const deaths = await killingWhile(ended, { random: random(3), times: 5, every: 2500, victims });
    const { code, out: said, err } = await ended;
    if (code !== 0) say(`exit code ${code}\n${said}\n${err}`.slice(-6000));
    check(deaths > 0, `${deaths} workers were killed at random`);
    await checkRows(out, subject);
  } finally {
    await cluster.stop();
  }
}

/** The function of mapInPandas over frames of pandas; all of Spark in its local mode where Python has it. */
export async function testSpark(python: string, subject: ExplainedSubject, folder: string): Promise<void> {
  const has = await run([python, "-c", "import pyspark"]).then(
    () => true,
    () => false,
  );
  say(
    `Spark, the compiled file in mapInPandas${has ? "" : ": without pyspark its function alone, over frames of pandas"}`,
  );
  const out = join(folder, "spark");
  const script = join(deploy, "spark/explain_images.py");
  if (!has) await run([python, join(deploy, "test/map_in_pandas.py"), subject.explained, subject.photos, out]);
  else
    await run([python, script, subject.explained, subject.photos, out], { cwd: folder, env: { PYTHONPATH: deploy } });
  await checkRows(out, subject);
}

interface Row {
  readonly path?: string | undefined;
  readonly class?: string | undefined;
  readonly heatmap?: Uint8Array | undefined;
  readonly error?: string | undefined;
}

async function checkRows(out: string, subject: ExplainedSubject): Promise<void> {
  const rows = new Map<string, Row[]>();
  for (const name of readdirSync(out)) {
    if (!name.endsWith(".parquet")) continue;
    for await (const row of readParquet(join(out, name), columns)) {
      const path = relative(subject.photos, (row.path ?? "").replace(/^file:\/*/, "/"));
      rows.set(path, [...(rows.get(path) ?? []), row]);
    }
  }
  const once = [...rows.values()].every((each) => each.length === 1);
  check(once && rows.size === photos + 1, `each photo is in one row: ${rows.size} of ${photos + 1}`);
  const broken = rows.get(unreadable)?.[0];
  check(broken?.error !== undefined && broken.heatmap === undefined, "a photo that cannot be read has its error");
  let [classes, worst] = [0, 0];
  const session = await createNodeRuntime({ threads: 1 }).open(subject.explained);
  for (const [path, [row]] of rows) {
    if (path === unreadable || row?.heatmap === undefined) continue;
    const { width, height, pixels } = toRgb(
      await decodeImage(new Uint8Array(readFileSync(join(subject.photos, path)))),
    );
    const expected = await session.run({ image: new Tensor("uint8", [1, height, width, 3], pixels) });
    if (String(expected.heatmap_classes?.data[0]) === row.class) classes++;
    const drawn = toGrey(await decodeImage(row.heatmap));
    const heatmap = expected.heatmap ? floats(expected.heatmap) : [];
    if (drawn.width !== width || drawn.height !== height) worst = Number.POSITIVE_INFINITY;
    for (const [i, value] of heatmap.entries())
      worst = Math.max(worst, Math.abs(255 * value - (drawn.pixels[i] ?? 999)));
  }
  await session.close();
  check(classes === photos, `the classes are those of onnxruntime here: ${classes} of ${photos}`);
  check(worst <= tolerance, `and so are the maps: ${worst.toFixed(2)} of 255 at most (${tolerance})`);
}
