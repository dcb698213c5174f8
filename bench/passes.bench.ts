/**
 * @file What methods of many passes cost on a network of ResNet-18's shape at 224x224: `npm run bench -- passes`
 *
 * One image, beside plain inference of the same file: Ablation-CAM over all 512 channels of the last feature map as a ratio to
 * one inference; Score-CAM's throughput as a share of plain inference in batches of the same size, over 64 channels at a time
 * in turn with as many inferences; and the largest resident size of a process that runs nothing but Score-CAM over all 512.
 */

import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "../src/cli/platform.js";
import { loadModel } from "../src/explain/node.js";
import { noiseImages } from "../src/explain/prove/noise.js";
import { paired, quantile } from "../src/foundation/timing.js";
import { writeModel } from "../src/onnx/write.js";
import { shapes } from "./networks.js";

/** Passes of one turn, and how many of them Score-CAM runs at a time. */
const [channels, batch] = [64, 16];
const [role = "", path = ""] = process.argv.slice(2);

if (role === "score-cam") await scoreCamAlone();
else await main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fovea-passes-"));
  try {
    const file = join(folder, "resnet18.onnx");
    writeFileSync(file, writeModel(shapes.resnet18()));
    console.log("job                                        measured  bar");
    line("Ablation-CAM / one inference", (await ablation(file)).toFixed(2), "at most 4");
    line("Score-CAM's share of batched throughput", (await throughput(file)).toFixed(2), "at least 0.9");
    line("Score-CAM's largest resident size, MB", (await memory(file)).toFixed(0), "at most 1000");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ablation(file: string): Promise<number> {
  const model = await loadModel(file, { runtime });
  const images = noiseImages(model, { seed: 1, batch: 1 });
  const plain = await runtime.open(file);
  const explainer = await model.explainer({ method: "ablation-cam" });
  const { ratio } = await paired(
    () => plain.run({ [model.input.name]: images }),
    () => explainer.explain(images),
  );
  await plain.close();
  await explainer.close();
  return ratio;
}

/** Plain inference's time for as many images as Score-CAM has passes, by Score-CAM's time; the median of turns. */
async function throughput(file: string, turns = 7): Promise<number> {
  const model = await loadModel(file, { runtime });
  const image = noiseImages(model, { seed: 1, batch: 1 });
  const images = noiseImages(model, { seed: 1, batch });
  const plain = await runtime.open(file);
  const explainer = await model.explainer({ method: "score-cam", topChannels: channels });
  const shares: number[] = [];
  for (let i = -1; i < turns; i++) {
    const inferred = await seconds(async () => {
      for (let done = 0; done < channels; done += batch) await plain.run({ [model.input.name]: images });
    });
    const explained = await seconds(() => explainer.explain(image));
    if (i >= 0) shares.push(inferred / explained);
  }
  await plain.close();
  await explainer.close();
  return quantile(shares, 0.5);
}

async function seconds(job: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await job();
  return (performance.now() - began) / 1000;
}

/** Megabytes of a process of its own. */
function memory(file: string): Promise<number> {
  const run = fileURLToPath(new URL("run.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    let peak = 0;
    fork(run, ["passes", "score-cam", file], { stdio: ["ignore", "inherit", "inherit", "ipc"] })
      .on("message", (message) => {
        peak = Number(message);
      })
      .on("exit", (code) => (code === 0 ? resolve(peak / 1000) : reject(new Error(`score-cam: exit code ${code}`))));
  });
}

async function scoreCamAlone(): Promise<void> {
  const model = await loadModel(path, { runtime });
  const explainer = await model.explainer({ method: "score-cam" });
  await explainer.explain(noiseImages(model, { seed: 1, batch: 1 }));
  await explainer.close();
  process.send?.(process.resourceUsage().maxRSS);
}

function line(job: string, measured: string, bar: string): void {
  console.log(`${job.padEnd(41)} ${measured.padStart(9)}  ${bar}`);
}
