/** @file The suites: what each needs, and how it is run. CONTRIBUTING.md has them in a table. */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { defineConfig } from "vitest/config";

/** Compute with onnxruntime, in this process. */
const runtime = [
  "test/{autodiff,examples,explain,formats,model,runtime,train}/**/*.test.ts",
  "test/conformance/kit.test.ts",
  "test/doors/arguments.test.ts",
  "test/evaluate/agreement/families.test.ts",
  "test/evaluate/{attack,metrics,sanity,studies,trial}/**/*.test.ts",
  "test/evaluate/detection/study/study.test.ts",
  "test/image/input/**/*.test.ts",
  "test/onnx/rewrite/**/*.test.ts",
  "test/report/{collect,page/sections}/*.test.ts",
  "test/web/audit/doubts.test.ts",
  "test/web/see/{background,exporting}.test.ts",
  "test/web/why/{channels,pixels}.test.ts",
];
/** Start other processes: the command line as it is built, or the linter. */
const cli = [
  "test/{child,cli,serve}/**/*.test.ts",
  "test/docs/code.test.ts",
  "test/doors/built.test.ts",
  "test/hostile.test.ts",
  "test/install/*.test.ts",
  "test/house/{entry-sizes,supply}.test.ts",
  "test/image/svg.test.ts",
];
/** Open pages in a browser. */
const web = [
  "test/web/*.test.ts",
  "test/element/element.test.ts",
  "test/docs/serving.test.ts",
  "test/**/in-browser.test.ts",
];
/** Data and models of others; they are skipped where these are not at hand. */
const real = ["test/real/**/*.test.ts"];
/** Run Python, which `FOVEA_PYTHON` names; they are skipped where its packages are not at hand. */
const integrations = ["test/integrations/**/*.test.ts"];
/** Take a share of their cases in `npm test`, and all of them in the long suite: those that ask for a share. */
const shared = globSync("test/**/*.test.ts", { cwd: import.meta.dirname, ignore: [...real, ...integrations] }).filter(
  (file) => readFileSync(join(import.meta.dirname, file), "utf8").includes('support/share.js"'),
);
/** Fuzzing, hostile files, sweeps over all that a page can do, vast files, and models that take processes down: in the long suite alone. */
const longOnly = [
  "test/cli/{hub,sources}.test.ts",
  "test/cli/explain/first-contact.test.ts",
  "test/cli/mcp/mcp.test.ts",
  "test/cli/train/train-scenes.test.ts",
  "test/data/sources/stores.test.ts",
  "test/data/stores/refusals.test.ts",
  "test/image/figure/raster.test.ts",
  "test/train/scenes/scene-networks.test.ts",
  "test/web/{draw,export,first-second,keep,offline}.test.ts",
  "test/cli/explain/grids.test.ts",
  "test/cli/explain/tasks/{others,texts}.test.ts",
  "test/examples/{audit-action,pages,scripts,skill}.test.ts",
  "test/explain/axes/axes.test.ts",
  "test/explain/concepts/bars.test.ts",
  "test/model/texts/pin-texts.test.ts",
  "test/train/scenes/texts.test.ts",
  "test/child/isolated-runtime.test.ts",
  "test/cli/isolate.test.ts",
  "test/cli/shards/row-shards.test.ts",
  "test/cli/explain/video.test.ts",
  "test/cli/shards/report-shards.test.ts",
  "test/data/sources/large.test.ts",
  "test/docs/{commands,commands-run,serving,site}.test.ts",
  "test/{doors,formats,runtime}/in-browser.test.ts",
  "test/runtime/devices/webgpu.test.ts",
  "test/element/element.test.ts",
  "test/evaluate/sanity/planted.test.ts",
  "test/explain/methods/full-grad.test.ts",
  "test/files/download-guards.test.ts",
  "test/formats/keras-limits.test.ts",
  "test/image/svg.test.ts",
  "test/hub/transfers.test.ts",
  "test/improve/discover/sharpen.test.ts",
  "test/improve/find.test.ts",
  "test/install/*.test.ts",
  "test/{hostile,power-cut}.test.ts",
  "test/model/labels/hostile-labels.test.ts",
  "test/onnx/proto.test.ts",
  "test/report/page/in-browser.test.ts",
  "test/serve/api/{command-run,load}.test.ts",
  "test/serve/entering/in-browser.test.ts",
  "test/web/why/{in-browser,page/in-browser}.test.ts",
  "test/web/{accessible,audit,awkward,concepts,browsers,deadly,decide,formats,hub,improve,own,same-maps,texts,train}.test.ts",
];
const long = [...shared, ...longOnly];

const build = "test/support/build.ts";
const browser = "test/support/browser/share.ts";
const sessions = "test/support/models/close-sessions.ts";

/** Of the long suite, in milliseconds: as long as the page itself may take, for three files at once do more than those of `npm test`. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 50_000 } } };

/** Frameworks of Python take all cores and gigabytes: one file after the other. */
const python = {
  name: "integrations",
  include: integrations,
  globalSetup: [build, browser],
  testTimeout: 600_000,
  fileParallelism: false,
};

/**
 * `--mode long` runs the long suite in the place of the others, and `--mode together` these as one, as `npm test` does: what files import
 * is then compiled once and read by three processes, not by twelve.
 */
export default defineConfig(({ mode }) => ({
  test: {
    // The long suite computes three times as much at once.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A page shows a result a moment after the click: it is asked again until then.
    expect: { poll: { timeout: 20_000 } },
    // One more than there are cores: tests wait for processes and browsers that they start.
    maxWorkers: availableParallelism() + 1,
    // One thread each: two runtimes that wait busily for each other's cores take longer than two that do not.
    env: { FOVEA_THREADS: "1" },
    setupFiles: ["test/support/equal-arrays.ts"],
    projects:
      mode === "long"
        ? [
            {
              extends: true,
              test: {
                name: "long",
                include: long,
                ...patience,
                globalSetup: [build, browser],
                setupFiles: [sessions],
                env: { FOVEA_TEST_ALL: "1" },
              },
            },
          ]
        : mode === "together"
          ? [
              {
                extends: true,
                test: {
                  name: "together",
                  include: ["test/**/*.test.ts"],
                  exclude: [...real, ...integrations, ...longOnly],
                  isolate: false,
                  globalSetup: [build, browser],
                  setupFiles: [sessions],
                },
              },
            ]
          : [
              {
                extends: true,
                test: {
                  name: "unit",
                  include: ["test/**/*.test.ts"],
                  exclude: [...runtime, ...cli, ...web, ...real, ...integrations, ...longOnly],
                  isolate: false,
                },
              },
              {
                extends: true,
                test: {
                  name: "runtime",
                  include: runtime,
                  exclude: [...web, ...longOnly],
                  isolate: false,
                  setupFiles: [sessions],
                },
              },
              {
                extends: true,
                test: {
                  name: "cli",
                  include: cli,
                  exclude: [...web, ...longOnly],
                  isolate: false,
                  globalSetup: build,
                },
              },
              {
                extends: true,
                test: { name: "web", include: web, exclude: longOnly, isolate: false, globalSetup: [build, browser] },
              },
              { extends: true, test: python },
              {
                extends: true,
                test: { name: "real", include: real, globalSetup: [build, browser], testTimeout: 120_000 },
              },
            ],
  },
}));
