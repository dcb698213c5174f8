/** @file `fovea serve`: models over HTTP, scores and maps. */

import { Command } from "commander";
import { collect } from "../options/class-option.js";
import { withDevice } from "../options/device-option.js";
import { bytesFrom, withLimits } from "../options/isolation-options.js";
import { withServedModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import type { ServeFlags } from "../serve/serve.js";
import { usualSettings as usual } from "../serve/settings.js";
import { runJob } from "../terminal/job.js";

const help = `
Scores:  POST /v2/models/NAME/infer        the Open Inference Protocol, with binary tensors
Maps:    POST /v1/models/NAME:explain      KServe's first protocol; also :predict
Others:  /v2/health/ready, /v2/health/live, /metrics for Prometheus, /openapi.json for all routes

It listens on this machine alone, unless --host says otherwise; then clients must send a token (Authorization: Bearer ...), which
FOVEA_TOKEN or --token-file holds. Ctrl-C and SIGTERM end it in order: what was taken is answered, and nothing more is taken.
Lines of JSON on standard output tell of each request.

Examples:
  fovea serve resnet50.onnx
  fovea serve cats.onnx dogs.onnx --name cats --name dogs --port 9000
  FOVEA_TOKEN=... fovea serve model.onnx --host 0.0.0.0 --workers 4
  (printf '{"instances": [{"image": {"b64": "'; base64 -w0 cat.jpg; printf '"}}]}') |
    curl localhost:8080/v1/models/resnet50:explain -H "Content-Type: application/json" --data-binary @-`;

export function serveCommand(): Command {
  const command = new Command("serve")
    .description("Serve models over HTTP: scores by the Open Inference Protocol, and maps by KServe's :explain.")
    .argument("<models...>", "model files, or hf:owner/name")
    .option("--name <name>", "a model's name in addresses, in the order of the models (default: the file's)", collect);
  const network = withNetworkOptions(command);
  return withServedModelOptions(withWorkOptions(network))
    .addHelpText("after", help)
    .action((models: string[], flags: ServeFlags) =>
      runJob({ quiet: flags.quiet }, async (job) => (await import("../serve/serve.js")).serve(job, models, flags)),
    );
}

function withNetworkOptions(command: Command): Command {
  return command
    .optionsGroup("Where it listens, and to whom:")
    .option("--host <address>", "the address that it listens on", usual.host)
    .option("--port <n>", `the port; 0 for any free one (default: ${usual.port})`, numberFor("--port"))
    .option("--token-file <file>", "a file with the token that clients must send (default: FOVEA_TOKEN, if it is set)")
    .option("--allow-host <name>", "a name by which requests may call the server; may be given several times", collect);
}

function withWorkOptions(command: Command): Command {
  const { maxBatch, maxDelay, maxQueue, maxInstances, maxBody, maxPixels, deadline, workers } = usual;
  const limited = command
    .optionsGroup("How requests are computed:")
    .option(
      "--workers <n>",
      `child processes that compute; they share the threads (default: one for each core, at most ${workers})`,
      numberFor("--workers"),
    )
    .option("--max-batch <n>", `images of several requests in one run (default: ${maxBatch})`, numberFor("--max-batch"))
    .option(
      "--max-delay <ms>",
      `how long an image waits for others to share its run (default: ${maxDelay})`,
      numberFor("--max-delay"),
    )
    .option(
      "--max-queue <n>",
      `images that may wait; more are refused (default: ${maxQueue})`,
      numberFor("--max-queue"),
    )
    .option(
      "--deadline <ms>",
      `how long a request may take; the header Request-Timeout-Ms asks for less (default: ${deadline})`,
      numberFor("--deadline"),
    )
    .option("--max-instances <n>", `images in one request (default: ${maxInstances})`, numberFor("--max-instances"))
    .option("--max-body <size>", `size of one request, e.g. 500KB (default: ${maxBody / 1e6}MB)`, (text) =>
      bytesFrom("--max-body", text),
    )
    .option("--max-pixels <n>", `pixels of one image (default: ${maxPixels})`, numberFor("--max-pixels"));
  return withLimits(withDevice(limited));
}
