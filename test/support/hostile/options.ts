/** @file Options of commands, chosen at random: sensible ones that lead elsewhere in the code, and absurd ones. Seeded. */

import { methods } from "../../../src/explain/methods/index.js";
import type { Random } from "../../../src/foundation/random.js";
import { colormapNames } from "../../../src/image/map/colormap.js";
import { pick } from "./mutate.js";

const raw = ["--out", "@out/map.npy", "--raw", "--json"];

type Choice = (source: Random) => readonly string[];

/** What preprocessing may be told. */
const settings: readonly Choice[] = [
  (source) => ["--size", pick(["8", "16x12", "1"], source)],
  (source) => ["--crop", pick(["0.875", "none", "letterbox", "1"], source)],
  () => ["--mean", "0.5", "--std", "0.5"],
  () => ["--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225"],
  (source) => ["--scale", pick(["1", "1/255", "1e-9"], source)],
  () => ["--channels", "bgr"],
  (source) => ["--preprocess", pick(["caffe", "torch", "tf", "imagenet", "clip"], source)],
];

/** What decides how a map is made. */
const mapChoices: readonly Choice[] = [
  (source) => ["--method", pick(methods, source).name, "--samples", "2", "--top-channels", "2"],
  (source) => ["--class", pick(["0", "1", "top-2", "predicted", "7", "nothing"], source)],
  () => ["--class", "0", "--class", "1"],
  (source) => ["--layer", pick(["-1", "-2", "relu", "conv", "auto"], source)],
  () => ["--layer", "-1,-2", "--fuse", "mean"],
  () => ["--augment"],
  () => ["--eigen-smooth"],
  () => ["--against"],
  () => ["--minus", "1"],
  (source) => ["--at", pick(["2=0,3=0", "2=max", "1=0"], source)],
  () => ["--scores", "0:2"],
  () => ["--batch", "3"],
  () => ["--check"],
  () => ["--grid", "4x4", "--skip-tokens", "1"],
  () => ["--similar-to", "@input/x.png"],
];

/** What a picture of it may look like. */
const drawn: readonly Choice[] = [
  () => ["--out", "@out/map.png", "--json"],
  () => ["--out", "@out/map.png", "--overlay", "--json"],
  (source) => ["--out", "@out/map.png", "--heatmap", "--colormap", pick(colormapNames, source), "--signed"],
  () => ["--out", "@out/map.png", "--heatmap", "--threshold", "0.2", "--jsonl"],
];

/** Values that no option can take, or that no machine can serve. */
const absurd = [
  ..."0 -1 1e12 1e300 NaN Infinity 0x10 1.5 99999999999999999999 top-3000 top-0 1,2,,3 ,".split(" "),
  ...["", " ", "x".repeat(20_000), "\u001b[31m\u202e", "a\nb", "__proto__", "@input/x.png", "@out", "1=1e9"],
];
const flags =
  "--size --crop --mean --std --scale --channels --preprocess --method --class --layer --fuse --minus --at --scores --batch --samples --top-channels --top --seed --grid --skip-tokens --colormap --format --threshold --percentile --labels --input --output --mask --similar-to --nonsense".split(
    " ",
  );

/** Options of `explain`: mostly few, and the raw map, which is the fastest to write. */
export function explainOptions(source: Random): string[] {
  const output = source.below(12) ? raw : pick(drawn, source)(source);
  const count = source.below(2) ? 0 : 1 + source.below(2);
  const chosen = Array.from({ length: count }, () => pick(source.below(3) ? mapChoices : settings, source)(source));
  return [...chosen.flat(), ...output];
}

/** Options of `explain` of which one is absurd. */
export function absurdOptions(source: Random): string[] {
  const [flag, value] = [pick(flags, source), pick(absurd, source)];
  return [...explainOptions(source), source.below(2) ? flag : `${flag}=${value}`, ...(source.below(8) ? [value] : [])];
}

const maybe = (source: Random, ...options: string[]) => (source.below(3) ? [] : options);

/** A command on the model at `@model/NAME`, explaining most often. */
export function modelCommand(name: string, source: Random): string[] {
  const path = `@model/${name}`;
  switch (source.below(12)) {
    case 0:
      return ["inspect", path, ...maybe(source, "--json")];
    case 1:
      return ["check", path, ...maybe(source, "--json")];
    case 2:
      return [
        "compile",
        path,
        "--out",
        "@out/compiled.onnx",
        ...maybe(source, "--image"),
        ...maybe(source, "--classes", "2"),
        ...maybe(source, "--choose"),
      ];
    case 3:
      return ["describe", path, "--json", ...pick(settings, source)(source)];
    default:
      return ["explain", "@input/x.png", "--model", path, ...explainOptions(source)];
  }
}

/** A command on photos at `@photos`, or a list of them; with a model of two classes at `@model/two.onnx`. */
export function photosCommand(path: string, source: Random): string[] {
  const model = "@model/two.onnx";
  switch (source.below(10)) {
    case 0:
      return ["evaluate", model, path, "--json", ...maybe(source, "--split", "all")];
    case 1:
      return ["report", model, path, "--out", "@out/report.html", "--errors", "2", "--split", "all"];
    case 2: {
      const net = ["--size", "16", "--epochs", "1", "--batch", "2", ...maybe(source, "--balance", "weights")];
      return ["train", path, "--out", "@out/m.onnx", "--json", ...net];
    }
    case 3:
      return ["train", path, "--out", "@out/m.onnx", "--backbone", model, "--epochs", "1", "--batch", "2"];
    case 4:
      return ["localise", model, path, "--split", "all", ...maybe(source, "--json")];
    case 5:
      return ["trust", model, "--data", path, "--count", "2", "--metrics", "pointing-game", "--split", "all"];
    default:
      return ["data", path, ...maybe(source, "--json")];
  }
}
