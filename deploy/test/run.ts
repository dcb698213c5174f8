/**
 * @file `npm run test:deploy`: runs each engine for real on this machine. Arguments: the engines, of ray, ray-data, slurm and spark; default all.
 * `FOVEA_PYTHON` names an interpreter that has what `deploy/requirements.txt` lists; without it an environment is made.
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainedSubject, testRayData, testSpark } from "./explained.js";
import { installPython, installSlurm } from "./install.js";
import { failures, say } from "./outcome.js";
import { ray } from "./ray.js";
import { type Subjects, testShards } from "./shards.js";
import { slurm } from "./slurm.js";
import { deploy, drawnPhotos, heavyModel } from "./subject.js";

const asked = process.argv.slice(2);
const isAsked = (name: string) => asked.length === 0 || asked.includes(name);
const folder = mkdtempSync(join(tmpdir(), "fovea-deploy-"));
const at = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

const photos = 1200;
const light = {
  model: join(deploy, "../models/mnist.onnx"),
  photos: await drawnPhotos(join(folder, "photos"), photos),
};
const subjects: Subjects = {
  light,
  photos,
  // Of random weights nearly every answer is wrong: no network that anybody uses has so many errors to draw.
  heavy: {
    model: heavyModel(join(folder, "heavy.onnx")),
    photos: await drawnPhotos(join(folder, "few"), 2000),
    errors: 0,
  },
  rounds: Number(process.env.FOVEA_ROUNDS ?? 3),
};

if (isAsked("slurm")) {
  if (await installSlurm()) await testShards(slurm, subjects, at("slurm"));
  else say("Slurm: not run: needs Debian's packages slurm-wlm and munge, and root");
}
if (isAsked("ray") || isAsked("ray-data") || isAsked("spark")) {
  const python = await installPython(join(folder, "python"));
  if (isAsked("ray")) await testShards(ray(python), subjects, at("ray"));
  const explained = await explainedSubject(at("explained"));
  if (isAsked("ray-data")) await testRayData(python, explained, at("ray-data"));
  if (isAsked("spark")) await testSpark(python, explained, at("spark"));
}

rmSync(folder, { recursive: true, force: true });
say(failures().length === 0 ? "all passed" : `${failures().length} FAILED`);
process.exitCode = failures().length === 0 ? 0 : 1;
