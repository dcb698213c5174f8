/** @file The routes that say what the server is, how it is, and what it has done. */

import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics.js";
import type { Service } from "../service.js";
import { described } from "./schemas.js";

export interface ServerFacts {
  readonly version: string;
}

export function healthRoutes(app: FastifyInstance, service: Service, metrics: Metrics, { version }: ServerFacts): void {
  const config = { isPublic: true };
  const live = described("Whether the server runs", "health", "Live");
  app.get("/v2/health/live", { config, schema: live }, async () => ({ live: true }));
  const ready = described("Whether all models are open, and requests are taken", "health", "Ready");
  app.get("/v2/health/ready", { config, schema: ready }, async (_, reply) => {
    const isReady = service.isReady;
    reply.code(isReady ? 200 : 503);
    return { ready: isReady };
  });
  const server = described("What the server is", "Open Inference Protocol", "Server");
  app.get("/v2", { schema: server }, async () => ({
    name: "fovea",
    version,
    extensions: ["binary_tensor_data"],
  }));
  const schema = { summary: "Numbers for Prometheus", tags: ["metrics"], produces: ["text/plain"] };
  app.get("/metrics", { schema }, async (_, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
  const hidden = { hide: true };
  app.get("/openapi.json", { schema: hidden }, async () => app.swagger());
}
