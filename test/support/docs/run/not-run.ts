/** @file Commands of the pages that no test runs as they stand, each with the reason. */

export interface NotRun {
  readonly pattern: RegExp;
  /** Of these pages alone. Default: of all. */
  readonly page?: RegExp;
  readonly reason: string;
  /** The test that runs the same otherwise, where there is one. */
  readonly test?: string;
}

/** The first that fits counts. Commands of Fovea among them still have their names and options checked. */
export const notRun: readonly NotRun[] = [
  {
    pattern: /./,
    page: /results\.md|^examples\/(bias|decoy|exchanged|stamped|tinted)/,
    reason: "is a measurement on files of others, and long",
  },
  {
    pattern: /\.h5\b/,
    reason: "needs a file that Keras wrote",
    test: "test/formats/keras.test.ts",
  },
  {
    pattern: /\bfovea merge\b/,
    page: /README|audit/,
    reason: "needs all parts, of which these pages show one",
    test: "test/cli/shards/report-shards.test.ts",
  },
  { pattern: /\bhf:|--text-model hf/, reason: "needs the network", test: "test/cli/hub.test.ts" },
  { pattern: /\b(s3|gs|https?):\/\//, reason: "needs the network", test: "test/data/sources/stores.test.ts" },
  {
    pattern: /--device (cuda|webgpu|coreml|directml|all)|FOVEA_DEVICE/,
    reason: "needs a card",
    test: "test/runtime/devices/webgpu.test.ts",
  },
  {
    pattern: /\bfovea serve\b|:8080\b|:9000\b/,
    reason: "runs until it is ended",
    test: "test/serve/api/command-run.test.ts",
  },
  {
    pattern: /\bfovea studio\b|npm run (studio|dev|site:dev)\b/,
    reason: "runs until it is ended",
    test: "test/serve/studio/studio.test.ts",
  },
  {
    pattern: /\bfovea concepts .*--class/,
    reason: "needs a network that takes some of the pictures for that class",
    test: "test/cli/concepts.test.ts",
  },
  { pattern: /\bfovea trust .*(--methods all|--sanity)/, reason: "long", test: "test/cli/trust.test.ts" },
  { pattern: /\bfovea mcp\b/, reason: "runs until its client ends", test: "test/cli/mcp/mcp.test.ts" },
  {
    pattern: /^(MODEL=\S+ )?node (explain|gradient|main|server)\.mjs\b/,
    reason: "is run with the example that it belongs to",
    test: "test/examples/scripts.test.ts",
  },
  {
    pattern: /^npx (vite|http-server)\b|^mkdir -p public\b/,
    reason: "is run with the example that it belongs to",
    test: "test/examples/pages.test.ts",
  },
  { pattern: /^(width|header)=|"\$header"|\bheatmap\.f32\b/, reason: "needs an inference server of another engine" },
  { pattern: /^cp audit\.yml\b/, reason: "copies a workflow", test: "test/examples/audit-action.test.ts" },
  { pattern: /\bfovea demo\b|npm run demo\b/, reason: "long", test: "test/cli/demo.test.ts" },
  { pattern: /\bfovea report .*(mnist|digits|DATA)\b/, reason: "long", test: "test/cli/report/report-photos.test.ts" },
  { pattern: /\bfovea improve\b/, reason: "long", test: "test/cli/improve/accept.test.ts" },
  { pattern: /\bfovea train (scenes|.*--net texts)/, reason: "long", test: "test/cli/train/train-scenes.test.ts" },
  { pattern: /\bfovea train (mnist|digits)\b/, reason: "long", test: "test/cli/commands.test.ts" },
  {
    pattern: /--at \d=|--scores|\b(clip|siglip)\/onnx/,
    reason: "needs a large model of that form",
    test: "test/cli/explain/tasks/texts.test.ts",
  },
  {
    pattern: /--protocol/,
    reason: "needs what fovea improve wrote",
    test: "test/improve/protocol/protocol.test.ts",
  },
  {
    pattern: /\bfovea merge \/shared|^fovea merge parts --out report\.html$/,
    reason: "needs the parts of all shards",
    test: "test/cli/shards/report-shards.test.ts",
  },
  { pattern: /\bfovea train\b/, reason: "long", test: "test/cli/train/train-photos.test.ts" },
  { pattern: /\bfovea data mnist\b/, reason: "needs the network", test: "test/data/idx/mnist.test.ts" },
  { pattern: /\bclip\.(mp4|webm)\b/, reason: "needs ffmpeg", test: "test/cli/explain/video.test.ts" },
  {
    pattern: /^((ONNXRUNTIME_NODE_INSTALL=skip )?npm|pnpm|yarn|bun) (ci|i|install|add|dlx)\b|^npx fovea\b/,
    reason: "needs the network",
    test: "test/install/install.test.ts",
  },
  { pattern: /\bresnet50\.keras\b/, reason: "needs a network of Keras", test: "test/formats/keras.test.ts" },
  {
    pattern:
      /npm (test|run) ?(test|check|lint|format|site|build|sbom|proto|house|methods|commands|notices|conformance|sweep|peers|bench|story|model|same-numbers|publint)?\b/,
    reason: "a script of this repository, checked by its name",
  },
  {
    pattern: /conformance\/reference\/second\.py/,
    reason: "needs Python with TensorFlow",
    test: "test/conformance/kit.test.ts",
  },
  { pattern: /^(pip|python3?|uv|conda|optimum-cli|yolo|jupyter|mlflow|tensorboard)\b/, reason: "needs Python" },
  { pattern: /^(docker|kubectl|sbatch|cd deploy|spark-submit|deploy\/)/, reason: "needs an engine for many machines" },
  { pattern: /^(git|gh|curl|convert|claude|code|npx esbuild)\b/, reason: "another program" },
];
