/** @file What is measured: tools, networks, methods, which of them meet, and the goals. */

export interface Tool {
  readonly name: string;
  readonly site: string;
  readonly licence: string;
  /** Snapshots that its job imports, as folders in `FOVEA_PEERS`; the first is its own. */
  readonly folders: readonly string[];
}

export const tools: readonly Tool[] = [
  tool("pytorch-grad-cam", "jacobgil/pytorch-grad-cam", "MIT"),
  tool("torch-cam", "frgfm/torch-cam", "Apache 2.0"),
  tool("captum", "pytorch/captum", "BSD", { name: "Captum" }),
  tool("tf-keras-vis", "keisen/tf-keras-vis", "MIT"),
  tool("xplique", "deel-ai/xplique", "MIT", { name: "Xplique" }),
  tool("Quantus", "understandable-machine-intelligence-lab/Quantus", "LGPL", { besides: ["captum"] }),
];

function tool(folder: string, repository: string, licence: string, more: { name?: string; besides?: string[] } = {}) {
  const { name = folder, besides = [] } = more;
  return { name, site: `https://github.com/${repository}`, licence, folders: [folder, ...besides] };
}

export interface Network {
  readonly name: string;
  readonly title: string;
}

/** Those of torchvision go to Fovea as ONNX, those of Keras as the `.keras` file itself. */
export const networks: readonly Network[] = [
  { name: "resnet18", title: "ResNet-18" },
  { name: "resnet50", title: "ResNet-50" },
  { name: "mobilenet_v2", title: "MobileNetV2" },
  { name: "vgg16", title: "VGG-16" },
  { name: "vit_b_16", title: "ViT-B/16" },
  { name: "keras-resnet50", title: "ResNet-50 (Keras)" },
  { name: "keras-mobilenet_v2", title: "MobileNetV2 (Keras)" },
  { name: "keras-vgg16", title: "VGG-16 (Keras)" },
];

/** The same for every tool. Quantus asks for a number of steps that divides the pixels of an image. */
export const settings = { steps: 32, masks: 200, curve: 21 } as const;
export type Settings = typeof settings;

export interface Method {
  readonly name: string;
  readonly title: string;
  /** What is computed, and what each tool decides for itself. */
  readonly about: string;
  /** Why numbers differ, by the tool's name; a tool that is missing has the same definition. */
  readonly differs: Readonly<Record<string, string>>;
}

const cornersOfScorecam =
  "enlarges channels and the map so that the corners' centres lie on one another (scipy's `zoom`)";

export const methods: readonly Method[] = [
  {
    name: "grad-cam",
    title: "Grad-CAM",
    about:
      "One class, the last feature map. PyTorch's parameters are left as torchvision gives them, as in the tools' own examples: pytorch-grad-cam then computes the gradient of every weight as well.",
    differs: {
      "tf-keras-vis": cornersOfScorecam.replace("channels and the map", "the map"),
      Xplique: "enlarges the map bicubically",
    },
  },
  {
    name: "score-cam",
    title: "Score-CAM",
    about:
      "One class, the last feature map, every channel. Masked images of one run are each tool's default: 16 of pytorch-grad-cam, 32 of torch-cam and tf-keras-vis.",
    differs: {
      "pytorch-grad-cam": "enlarges channels so that the corners' centres lie on one another",
      "torch-cam": "scales each channel from 0 to 1 before it enlarges it, not after",
      "tf-keras-vis": `weighs a channel by the class's probability, as the authors' code and the variant \`score-cam-authors\` do; ${cornersOfScorecam}`,
    },
  },
  {
    name: "ablation-cam",
    title: "Ablation-CAM",
    about:
      "One class, the last feature map, every channel. pytorch-grad-cam runs the whole network for each channel, Fovea only the part behind the layer.",
    differs: {},
  },
  {
    name: "integrated-gradients",
    title: "Integrated gradients",
    about: `${settings.steps} steps from zero. Captum computes ${settings.steps} steps in one run, Xplique its default.`,
    differs: {
      Captum:
        "has the same points; the rest is rounding, which decides at the edges of ReLUs: its own float32 and float64 differ by 1.2e-2 on ResNet-18",
      Xplique: `has even steps and the trapezoidal rule, in the place of Gauss-Legendre's points: of networks with random weights ${settings.steps} steps are too few for both (of MobileNetV2 its map correlates with its own of 256 steps by 0.61)`,
    },
  },
  {
    name: "rise",
    title: "RISE",
    about: `${settings.masks} masks of 7 × 7 cells, half of them visible. Xplique explains a network of PyTorch through its wrapper.`,
    differs: {
      Xplique: "draws other masks; with so few of them, two seeds of Fovea are no nearer to one another",
    },
  },
  {
    name: "deletion",
    title: "Deletion",
    about: `The area under the class's probability while pixels are set to zero in ${settings.curve} steps, those with the most evidence first. The Grad-CAM is made before.`,
    differs: {
      Quantus:
        "begins its curve behind the first step, and orders the colours of pixels; its area is divided by its steps here",
      Xplique: "enlarges the map bicubically before it orders pixels, and orders pixels of equal value otherwise",
    },
  },
  {
    name: "insertion",
    title: "Insertion",
    about: `The same, while pixels are put onto an image of zeros, in ${settings.curve} steps.`,
    differs: {
      Xplique: "enlarges the map bicubically before it orders pixels, and orders pixels of equal value otherwise",
    },
  },
  {
    name: "deletion-insertion",
    title: "Grad-CAM, deletion and insertion",
    about: `All three in one call, as torch-cam's metric does it: the map, then both curves of ${settings.curve} steps from and to zeros.`,
    differs: {
      "torch-cam":
        "makes the map of the probability, Fovea of the score before the softmax; told to take that one too, it has the same areas to 0.002",
    },
  },
];

/** Tools that do one job on one network. */
export interface Contest {
  readonly network: string;
  readonly method: string;
  /** By name. */
  readonly tools: readonly string[];
  readonly batches: readonly number[];
  /** Measured where it is asked for by name or with `--all`: it takes many minutes. */
  readonly long?: boolean;
}

const torchTools = ["pytorch-grad-cam", "torch-cam", "Captum"];
const kerasTools = ["tf-keras-vis", "Xplique"];

export const contests: readonly Contest[] = [
  ...["resnet50", "mobilenet_v2", "resnet18", "vgg16", "vit_b_16"].map(
    (network): Contest => ({ network, method: "grad-cam", tools: torchTools, batches: [1, 8] }),
  ),
  ...["keras-resnet50", "keras-mobilenet_v2"].map(
    (network): Contest => ({ network, method: "grad-cam", tools: kerasTools, batches: [1, 8] }),
  ),
  { network: "keras-vgg16", method: "grad-cam", tools: kerasTools, batches: [1, 8], long: true },
  { network: "resnet18", method: "score-cam", tools: ["pytorch-grad-cam", "torch-cam"], batches: [1] },
  { network: "keras-mobilenet_v2", method: "score-cam", tools: ["tf-keras-vis"], batches: [1] },
  {
    network: "mobilenet_v2",
    method: "score-cam",
    tools: ["pytorch-grad-cam", "torch-cam"],
    batches: [1],
    long: true,
  },
  { network: "resnet50", method: "score-cam", tools: ["pytorch-grad-cam", "torch-cam"], batches: [1], long: true },
  { network: "resnet18", method: "ablation-cam", tools: ["pytorch-grad-cam"], batches: [1] },
  { network: "mobilenet_v2", method: "ablation-cam", tools: ["pytorch-grad-cam"], batches: [1], long: true },
  { network: "resnet18", method: "integrated-gradients", tools: ["Captum"], batches: [1, 8] },
  ...["resnet50", "mobilenet_v2"].map(
    (network): Contest => ({ network, method: "integrated-gradients", tools: ["Captum"], batches: [1] }),
  ),
  ...["vgg16", "vit_b_16"].map(
    (network): Contest => ({ network, method: "integrated-gradients", tools: ["Captum"], batches: [1], long: true }),
  ),
  ...["keras-resnet50", "keras-mobilenet_v2"].map(
    (network): Contest => ({ network, method: "integrated-gradients", tools: ["Xplique"], batches: [1] }),
  ),
  ...["keras-resnet50", "keras-mobilenet_v2", "resnet18"].map(
    (network): Contest => ({ network, method: "rise", tools: ["Xplique"], batches: [1] }),
  ),
  ...["resnet18", "resnet50"].map(
    (network): Contest => ({ network, method: "deletion", tools: ["Quantus"], batches: [1] }),
  ),
  { network: "keras-mobilenet_v2", method: "deletion", tools: ["Xplique"], batches: [1] },
  { network: "keras-mobilenet_v2", method: "insertion", tools: ["Xplique"], batches: [1] },
  ...["resnet18", "mobilenet_v2"].map(
    (network): Contest => ({ network, method: "deletion-insertion", tools: ["torch-cam"], batches: [1] }),
  ),
];

/** How many times as long a tool takes at least, at batch 1. */
export interface Goal {
  readonly method: string;
  readonly network?: string;
  readonly tool?: string;
  readonly atLeast: number;
}

export const goals: readonly Goal[] = [
  { method: "grad-cam", network: "resnet50", tool: "pytorch-grad-cam", atLeast: 7 },
  { method: "grad-cam", network: "mobilenet_v2", tool: "pytorch-grad-cam", atLeast: 13 },
  { method: "grad-cam", network: "resnet50", tool: "torch-cam", atLeast: 1.9 },
  { method: "grad-cam", network: "mobilenet_v2", tool: "torch-cam", atLeast: 5 },
  { method: "grad-cam", network: "resnet50", tool: "Captum", atLeast: 1.9 },
  { method: "grad-cam", network: "mobilenet_v2", tool: "Captum", atLeast: 5 },
  { method: "score-cam", network: "resnet18", atLeast: 1.8 },
  { method: "ablation-cam", network: "resnet18", atLeast: 100 },
  { method: "rise", atLeast: 1.5 },
  { method: "integrated-gradients", atLeast: 1.5 },
];
