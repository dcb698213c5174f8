/** @file The rooms of the house, lowest first: the one statement of what each holds and what it may import. */

export interface Room {
  readonly name: string;
  readonly folder: string;
  /** One phrase for the table and the picture. */
  readonly holds: string;
  /** Rooms that its files may import, besides its own; all of them stand above this entry in the list. */
  readonly imports: readonly string[];
  /** Packages that all of its files may import; `node:*` is every module of Node. Default none. */
  readonly packages?: readonly string[];
  /** Packages for its files called `node.ts` alone. Default none. */
  readonly onNode?: readonly string[];
  /** Packages for its files called `web.ts` alone. Default none. */
  readonly inPage?: readonly string[];
  /** How many files an import chain inside the room may have. Default 8. */
  readonly depth?: number;
}

const upToImage = ["foundation", "files", "child", "onnx", "runtime", "formats", "image"];
const upToModel = [...upToImage, "data", "model", "hub"];
const upToImprove = [...upToModel, "autodiff", "explain", "train", "evaluate", "improve"];
const upToReport = [...upToImprove, "report"];

export const rooms: readonly Room[] = [
  {
    name: "foundation",
    folder: "src/foundation",
    holds: "errors, randomness, numbers in words",
    imports: [],
  },
  {
    name: "files",
    folder: "src/files",
    holds: "path guard, atomic writes, locks, downloads",
    imports: ["foundation"],
    packages: ["node:*"],
  },
  {
    name: "child",
    folder: "src/child",
    holds: "child processes within limits, and their requests",
    imports: ["foundation"],
    packages: ["node:*"],
  },
  {
    name: "onnx",
    folder: "src/onnx",
    holds: "graphs: read, rewrite, build, cut, write",
    imports: ["foundation"],
    packages: ["@bufbuild/protobuf"],
  },
  {
    name: "autodiff",
    folder: "src/autodiff",
    holds: "gradients of graphs, a rule for each operator",
    imports: ["foundation", "onnx"],
  },
  {
    name: "runtime",
    folder: "src/runtime",
    holds: "sessions; onnxruntime behind them",
    imports: ["foundation", "child", "onnx"],
    onNode: ["node:*", "onnxruntime-node"],
    inPage: ["onnxruntime-web"],
  },
  {
    name: "formats",
    folder: "src/formats",
    holds: "Keras and TensorFlow.js files to graphs",
    imports: ["foundation", "files", "onnx"],
    packages: ["fflate", "h5wasm"],
    onNode: ["node:*"],
    // The tables of layers share their helpers.
    depth: 9,
  },
  {
    name: "image",
    folder: "src/image",
    holds: "pictures, preprocessing, heat maps, figures",
    imports: ["foundation", "files", "onnx", "runtime"],
    packages: ["d3-scale", "d3-scale-chromatic", "opentype.js"],
    onNode: ["node:*", "sharp"],
    inPage: ["image-size"],
  },
  {
    name: "data",
    folder: "src/data",
    holds: "datasets: digits, IDX files, photos; volumes",
    imports: ["foundation", "files", "onnx", "image"],
    packages: [
      "node:*",
      "@aws-sdk/client-s3",
      "@google-cloud/storage",
      "@huggingface/hub",
      "csv-parse",
      "dicom-parser",
      "hyparquet",
      "hyparquet-compressors",
      "hyparquet-writer",
      "jpeg-lossless-decoder-js",
      "nifti-reader-js",
      "saxes",
      "sharp",
      "tinyglobby",
    ],
  },
  {
    name: "model",
    folder: "src/model",
    holds: "what a network is: passes, layers, targets",
    imports: upToImage,
    packages: ["@huggingface/tokenizers", "yaml"],
    onNode: ["node:*"],
  },
  {
    name: "hub",
    folder: "src/hub",
    holds: "models from the Hugging Face hub, and its cache",
    imports: ["foundation", "files", "model"],
    packages: ["node:*", "@huggingface/hub"],
  },
  {
    name: "explain",
    folder: "src/explain",
    holds: "methods, explainers, diagnosis",
    imports: [...upToImage, "autodiff", "model", "hub"],
    onNode: ["node:*"],
  },
  {
    name: "train",
    folder: "src/train",
    holds: "networks, the training step, transfer learning",
    imports: [...upToModel, "autodiff"],
  },
  {
    name: "element",
    folder: "src/element",
    holds: "the custom element `<fovea-heatmap>`",
    imports: [...upToModel, "explain"],
  },
  {
    name: "evaluate",
    folder: "src/evaluate",
    holds: "metrics of classifiers and maps, studies, attacks",
    imports: [...upToModel, "autodiff", "explain"],
  },
  {
    name: "improve",
    folder: "src/improve",
    holds: "from what maps show to a better model, with proof",
    imports: [...upToModel, "explain", "train", "evaluate"],
    packages: ["ml-kmeans", "ml-matrix"],
  },
  {
    name: "report",
    folder: "src/report",
    holds: "results collected, and drawn as one HTML file",
    imports: [...upToModel, "explain", "evaluate", "improve"],
    packages: ["d3-scale", "d3-shape"],
    // The types of its data are in files of their own: two links more at the end of every chain.
    depth: 10,
  },
  {
    name: "serve",
    folder: "src/serve",
    holds: "the servers of the studio and of models",
    imports: [...upToModel, "explain"],
    packages: ["node:*", "@fastify/swagger", "fastify", "mrmime", "prom-client"],
  },
  {
    name: "cli",
    folder: "src/cli",
    holds: "commands, and the one job that runs them",
    imports: [...upToReport, "serve"],
    packages: ["node:*", "@modelcontextprotocol/server", "cli-progress", "commander", "open"],
    // From the program through its workers to what merges the parts of each command.
    depth: 11,
  },
  {
    name: "doors",
    folder: "src/doors",
    holds: "public names, a file for each entry",
    imports: [...upToReport, "element"],
  },
  {
    name: "web",
    folder: "web/src",
    holds: "the studio, a page",
    imports: [...upToReport, "serve"],
    packages: ["@fontsource/inter", "brotli-dec-wasm", "comlink", "d3-contour", "fovea", "idb-keyval", "svelte"],
    // From the page through its worker to the rooms of its features.
    depth: 18,
  },
];

/** Packages that run on Node only: no page may load a file that imports them. */
export const nodePackages = ["node:*", "onnxruntime-node", "sharp", "tinyglobby", "commander", "cli-progress", "open"];

/** Folders of interchangeable parts, which may hold any number of files. */
export const tables = ["src/cli/commands", "src/doors", "src/explain/methods"];

/** How many loose files every other folder may hold. */
export const looseFiles = 15;
