/** @file How far methods are from maps that other people's code made of the networks of `test/fixtures/peers`. */

import { readFileSync } from "node:fs";
import { readNpy } from "../../../src/data/npy.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Explanation } from "../../../src/explain/explanation.js";
import { displayMapOf } from "../../../src/explain/maps.js";
import type { CamMethod } from "../../../src/explain/method.js";
import { methodNamed } from "../../../src/explain/methods/index.js";
import { occlusionWith } from "../../../src/explain/methods/occlusion.js";
import { withModelCard } from "../../../src/model/card.js";
import type { BaselineName } from "../../../src/model/input/baseline-names.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../runtime.js";
import { difference } from "./difference.js";
import { sampleCounts } from "./draws.js";
import { peerFolder, peerMeta } from "./meta.js";

export interface Peer {
  readonly method: string | CamMethod;
  /** Whose code made the maps; `by hand` where none did, and the paper's equation was written with PyTorch's autograd. */
  readonly code: string;
  /** The array, where its name is another than the method's. */
  readonly file?: string;
  readonly network?: "conv" | "vit";
  /** Which layer of `conv`. Default `features`. */
  readonly layer?: "early" | "features";
  /**
   * What is compared: the evidence (default), the attribution to pixels, the largest attribution's sum over colours, the map on the
   * picture stretched from 0 to 1, or the evidence divided by its peak.
   */
  readonly what?: "evidence" | "attribution" | "stretched" | "peak";
  readonly samples?: number;
  readonly baseline?: BaselineName | "background";
  readonly noise?: number;
  readonly superpixels?: number;
  /** The sign that suits is taken, where the definition leaves it open. Default false. */
  readonly anySign?: boolean;
  /** The largest permitted difference. Default 1e-4. */
  readonly bar?: number;
  /** It is not the method as it stands that is compared, but a form of this method that differs as the note says. */
  readonly formOf?: string;
  readonly note?: string;
}

const ways: readonly BaselineName[] = ["zero", "black", "white", "blur", "several"];

export const peers: readonly Peer[] = [
  { method: "cam", code: "torch-cam" },
  { method: "grad-cam++", code: "by hand", layer: "early", note: "eq. 5 and 19, without the library's 1e-6" },
  {
    method: "grad-cam++-authors",
    code: "by hand",
    layer: "early",
    note: "the authors' code, which has no licence, is not run",
  },
  {
    method: "smooth-grad-cam++",
    code: "torch-cam",
    file: "smooth-grad-cam++-one-sample",
    layer: "early",
    samples: 1,
    bar: Number.POSITIVE_INFINITY,
    note: "deviates: one sample of noise; below the fraction line torch-cam has Σ A ⊙ D₃ over the places, the paper and we (Σ A) D₃",
  },
  { method: "smooth-grad-cam++", code: "by hand", layer: "early", samples: sampleCounts.noise, note: "four samples" },
  {
    method: "smooth-grad-cam++-paper",
    code: "by hand",
    layer: "early",
    samples: sampleCounts.noise,
    note: "four samples",
  },
  { method: "eigen-cam-uncentred", code: "by hand", anySign: true, note: "numpy's decomposition; up to the sign" },
  {
    method: "full-grad-authors",
    code: "the authors' code",
    formOf: "full-grad",
    bar: 1e-3,
    note: "the code adds 1e-6 to each range that it divides by",
  },
  {
    method: "full-grad",
    code: "the authors' code",
    formOf: "full-grad",
    bar: 1e-3,
    note: "the same, told not to align corners",
  },
  { method: "finer-cam", code: "the authors' code" },
  { method: "finer-cam-equal", code: "by hand" },
  { method: "shapley-cam", code: "pytorch-grad-cam", note: "with its target ReST" },
  { method: "kpca-cam", code: "pytorch-grad-cam", anySign: true, note: "scikit-learn's KernelPCA; up to the sign" },
  {
    method: "score-cam",
    code: "torch-cam",
    layer: "early",
    note: "a layer of the image's size, so that nothing is upsampled",
  },
  {
    method: "score-cam-authors",
    code: "the authors' code",
    what: "stretched",
    formOf: "score-cam",
    note: "the map on the picture, stretched from 0 to 1, which is what the code returns",
  },
  {
    method: "ss-cam",
    code: "torch-cam",
    layer: "early",
    samples: sampleCounts.ssCam,
    note: "the same noise for all channels, three samples, a layer of the image's size",
  },
  {
    method: "is-cam",
    code: "torch-cam",
    file: "is-cam-one-step",
    layer: "early",
    samples: 1,
    formOf: "is-cam",
    note: "one step: with more, torch-cam's steps add up, as in the variant",
  },
  { method: "is-cam-cumulative", code: "torch-cam", layer: "early", samples: 4, formOf: "is-cam", note: "four steps" },
  { method: "is-cam", code: "by hand", layer: "early", samples: 4, note: "four steps" },
  { method: "random-cam", code: "pytorch-grad-cam", note: "the same random weights" },
  { method: "gradient-x-input", code: "Captum", what: "attribution" },
  { method: "smooth-grad", code: "Captum", what: "attribution", samples: sampleCounts.noise, note: "the same noise" },
  { method: "var-grad", code: "Captum", what: "attribution", samples: sampleCounts.noise, note: "the same noise" },
  ...ways.map(
    (baseline): Peer => ({
      method: "integrated-gradients",
      code: "Captum",
      file: `integrated-gradients-${baseline}`,
      what: "attribution",
      samples: 16,
      baseline,
      bar: 1e-3,
      note: `\`--baseline ${baseline}\`, 16 steps${baseline === "several" ? ": the mean of Captum's three" : ""}`,
    }),
  ),
  {
    method: "gradient-shap",
    code: "Captum",
    what: "attribution",
    samples: sampleCounts.ways,
    note: "the same baselines of black, white and blur, and places on the ways",
  },
  {
    method: "gradient-shap",
    code: "Captum",
    file: "gradient-shap-noise",
    what: "attribution",
    samples: sampleCounts.noise,
    noise: 0.15,
    note: "`--noise 0.15`, four samples, the same noise",
  },
  {
    method: "expected-gradients",
    code: "shap",
    what: "attribution",
    samples: sampleCounts.ways,
    baseline: "background",
    note: "GradientExplainer with the same three background images, and the same draws",
  },
  { method: "guided-grad-cam", code: "Captum", what: "attribution", note: "told to enlarge bilinearly" },
  {
    method: "attention-rollout",
    code: "vit-explain",
    network: "vit",
    what: "peak",
    note: "no attention discarded; divided by the peak",
  },
  {
    method: "gradient-attention",
    code: "the authors' code",
    network: "vit",
    note: "their rules 5 and 6, on the layers' attentions",
  },
  {
    method: "legrad",
    code: "the authors' code",
    network: "vit",
    what: "stretched",
    note: "of class scores in the place of the cosine with a text; on the picture, stretched from 0 to 1",
  },
  {
    method: occlusionWith({ window: 4, stride: 4 }),
    code: "Captum",
    note: "squares of 4 pixels side by side",
  },
  {
    method: "rise-authors",
    code: "the authors' code",
    samples: sampleCounts.rise,
    formOf: "rise",
    note: "the same 60 grids and shifts; the mean subtracted",
  },
  {
    method: "rise",
    code: "the authors' code",
    samples: sampleCounts.rise,
    formOf: "rise",
    note: "the same, told to continue the grid by its last values",
  },
  { method: "refine-cam", code: "torch-cam", note: "told to refine Layer-CAM, of the same two layers" },
  {
    method: "kernel-shap",
    code: "shap",
    samples: 2000,
    superpixels: sampleCounts.superpixels,
    note: "KernelExplainer on the same superpixels, all coalitions",
  },
  {
    method: "lime",
    code: "the authors' code",
    samples: sampleCounts.lime,
    superpixels: sampleCounts.superpixels,
    note: "the same superpixels and 60 samples",
  },
  {
    method: "lime",
    code: "the authors' code",
    file: "lime-zero",
    samples: sampleCounts.lime,
    superpixels: sampleCounts.superpixels,
    baseline: "zero",
    note: "`--baseline zero`, the same superpixels and 60 samples",
  },
];

export function nameOf({ method }: Pick<Peer, "method">): string {
  return typeof method === "string" ? method : method.name;
}

function readArray(path: string): Tensor {
  return readNpy(readFileSync(path), path);
}

/** Opens the network as if it were stored with its preprocessing. */
async function openNetwork(network: "conv" | "vit", input: Tensor): Promise<Model> {
  const [, , height = 1, width = 1] = input.dims;
  const preprocessing = { channels: 3, height, width, scale: 1 / 255, ...peerMeta.preprocessing } as const;
  const graph = readModel(readFileSync(`${peerFolder}${network}/model.onnx`));
  return openModel(withModelCard(graph, { preprocessing }), runtime);
}

const layers = { early: "/early/Relu_output_0", features: "/features/Relu_output_0" } as const;

/** The explanation of both classes that is compared, with all that comes with it. */
export async function explainedAsPeer({ network = "conv", layer = "features", ...peer }: Peer): Promise<Explanation> {
  const input = readArray(`${peerFolder}${network}/input.npy`);
  const model = await openNetwork(network, input);
  const { samples, noise, superpixels } = peer;
  const baseline = peer.baseline === "background" ? readArray(`${peerFolder}background.npy`) : peer.baseline;
  const method = typeof peer.method === "string" ? methodNamed(peer.method) : peer.method;
  const at = network === "vit" || method.at === "image" ? "auto" : layers[layer];
  const options = {
    runtime,
    method,
    samples,
    noise,
    superpixels,
    baseline,
    include: ["attribution"] as const,
    layer: at,
  };
  const explainer = await createExplainer(model, options);
  try {
    return await explainer.explain(input, { classes: peerMeta.classes });
  } finally {
    await explainer.close();
  }
}

/** The largest difference over both classes, relative to the largest magnitude of each class's array. */
export async function peerError(peer: Peer): Promise<number> {
  const explanation = await explainedAsPeer(peer);
  const { network = "conv", file = nameOf(peer) } = peer;
  const expected = readArray(`${peerFolder}${network}/${file}.npy`);
  const size = expected.size / peerMeta.classes.length;
  const errors = peerMeta.classes.map((_, k) => {
    const theirs = floats(expected).subarray(k * size, (k + 1) * size);
    const ours = valuesOf(peer, explanation, k, expected.dims);
    return peer.anySign
      ? Math.min(
          difference(ours, theirs),
          difference(
            ours.map((v) => -v),
            theirs,
          ),
        )
      : difference(ours, theirs);
  });
  return Math.max(...errors);
}

function valuesOf(
  { what = "evidence" }: Peer,
  explanation: Explanation,
  k: number,
  dims: readonly number[],
): Float32Array {
  if (what === "stretched") {
    const { values } = displayMapOf(explanation, 0, k, { height: dims[1] as number, width: dims[2] as number });
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return Float32Array.from(values, (value) => (value - least) / (most - least));
  }
  const all = what === "attribution" ? explanation.attribution : explanation.evidence;
  const values = floats(all ?? float32([0], []));
  const size = values.length / peerMeta.classes.length;
  const ours = values.slice(k * size, (k + 1) * size);
  return what === "peak" ? ours.map((value) => value / Math.max(...ours)) : ours;
}
