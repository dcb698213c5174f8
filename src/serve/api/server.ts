/** @file Serves models over HTTP: scores by the Open Inference Protocol, maps by KServe's first protocol. */

import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { ChildLimits } from "../../child/limits.js";
import { systemCode } from "../../files/system-error.js";
import { FoveaError } from "../../foundation/error.js";
import type { NodeDevice } from "../../runtime/devices/device.js";
import { Admission } from "./admission.js";
import type { ModelFacts, ModelPlan } from "./engine/messages.js";
import { Metrics } from "./metrics.js";
import { Intake } from "./queue/intake.js";
import { Pool } from "./queue/pool.js";
import { Queue } from "./queue/queue.js";
import { sendError, watchRequests } from "./requests.js";
import { healthRoutes } from "./routes/health.js";
import { inferRoutes } from "./routes/infer.js";
import { kserveRoutes } from "./routes/kserve.js";
import { schemas } from "./routes/schemas.js";
import { Service } from "./service.js";

/** How requests are taken, and how much of what. */
export interface ServeLimits {
  /** Images in one run. */
  readonly maxBatch: number;
  /** Milliseconds that an image waits for others to share its run. */
  readonly maxDelay: number;
  /** Images that may wait. */
  readonly maxQueue: number;
  /** Images of one request. */
  readonly maxInstances: number;
  /** Bytes of one request. */
  readonly maxBody: number;
  /** Pixels of one image. */
  readonly maxPixels: number;
  /** Milliseconds from a request's arrival to its answer. */
  readonly deadline: number;
}

export interface ServeModelsOptions extends ServeLimits {
  readonly models: readonly ModelPlan[];
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Without one everybody who reaches the server is let in. */
  readonly token: string | undefined;
  /** Names that requests may call the server by, besides those of the loopback; undefined for any. */
  readonly hosts: readonly string[] | undefined;
  readonly workers: number;
  /** Of each worker. Default as many as the machine has cores. */
  readonly threads: number | undefined;
  readonly device: NodeDevice;
  /** Of each worker. */
  readonly limits: ChildLimits;
  /** Takes lines of JSON. */
  readonly log: { write(line: string): void };
  /** The least level of what is logged. */
  readonly level: "info" | "warn";
}

export interface ModelServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** The system's numbers of the workers' processes. */
  readonly pids: () => readonly number[];
  /** Opens the models; until then requests for them are answered with 503. @throws FoveaError as `loadModel` does */
  open(): Promise<readonly ModelFacts[]>;
  /** Takes no more requests, answers those that it has taken, and ends. */
  stop(): Promise<void>;
}

/** Requests of this many times the largest body may be in memory. */
const bodiesAtOnce = 16;

/** Milliseconds for the last bytes of answers. */
const lastBytes = 1000;

/** Listens, and opens no model yet. @throws FoveaError `bad-input` for a port or an address that cannot be had */
export async function serveModels(options: ServeModelsOptions): Promise<ModelServer> {
  const { models, workers, threads, device, limits, maxPixels, maxQueue, maxBody, deadline } = options;
  const queue = new Queue(options);
  const app = newApp(options);
  const pool: Pool = new Pool(
    queue,
    {
      ...{ workers, limits, module, request: { models, threads, device, maxPixels } },
      onDevice: (sentence) => app.log.warn({ sentence }, "the device"),
    },
    {
      crashed(sentence) {
        metrics.crashed();
        app.log.error({ sentence }, "a worker died");
      },
      computed: (batch, seconds) => metrics.computed(batch, seconds),
      failed: (error) => app.log.error({ err: error }, "a fault of the server"),
    },
  );
  const metrics = new Metrics({
    queue: () => queue.length,
    computing: () => pool.computing,
    workers: () => pool.ready,
  });
  const intake = new Intake({ maxQueue, maxBytes: bodiesAtOnce * maxBody, waiting: () => queue.length });
  const names = models.map(({ name }) => name);
  const service = new Service(names, { intake, queue, pool });
  const admission = new Admission({ token: options.token, hosts: hostsOf(options) });
  watchRequests(app, { admission, intake, metrics, models: names, deadline, maxBody });
  await app.register(swagger, openapi);
  for (const schema of schemas) app.addSchema(schema);
  healthRoutes(app, service, metrics, { version });
  const maxInstances = Math.min(options.maxInstances, maxQueue);
  inferRoutes(app, service, maxInstances);
  kserveRoutes(app, service, maxInstances);
  const url = await listen(app, options);
  return {
    url,
    pids: () => pool.pids,
    open: () => service.open(),
    async stop() {
      await Promise.race([intake.stop(), wait(deadline + lastBytes, undefined, { ref: false })]);
      await Promise.race([app.close(), wait(lastBytes, undefined, { ref: false })]);
      app.server.closeAllConnections();
      await pool.close();
    },
  };
}

const module = new URL("./engine/engine.js", import.meta.url);
const { version }: { version: string } = createRequire(import.meta.url)("../../../package.json");

const openapi = {
  openapi: {
    openapi: "3.0.3",
    info: { title: "fovea serve", version, description: "Scores of images, and maps of where a model looks." },
  },
  refResolver: { buildLocalReference: (json: { readonly $id?: unknown }) => String(json.$id) },
};

function newApp({ log, level, maxBody, deadline }: ServeModelsOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    logger: { level, stream: log },
    // A request has one line of its own.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBody,
    // A request that is not here by its deadline cannot be answered by it.
    requestTimeout: Math.max(deadline, lastBytes),
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, _, reply) =>
      sendError(reply, new FoveaError("bad-input", `the request: ${error.message}`)),
  });
  // The schemas describe; what a request holds is checked where it is read, with sentences of our own.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeAllContentTypeParsers();
  const types = ["application/json", "application/octet-stream"];
  app.addContentTypeParser(types, { parseAs: "buffer" }, (_, body, done) => done(null, body));
  return app;
}

async function listen(app: FastifyInstance, { host, port }: ServeModelsOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const code = systemCode(cause);
    const got = code === "EADDRINUSE" ? "one that is taken" : code;
    throw new FoveaError("bad-input", `--port ${port}: expected a free port of ${host}, got ${got}`, { cause });
  }
}

/** In lower case; a name without a port stands for it at any port. */
function hostsOf({ host, hosts }: ServeModelsOptions): ReadonlySet<string> | undefined {
  if (hosts === undefined) return undefined;
  return new Set([...hosts, host, "localhost", "127.0.0.1", "[::1]"].map((name) => name.toLowerCase()));
}
