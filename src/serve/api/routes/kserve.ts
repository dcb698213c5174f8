/** @file The routes of KServe's first protocol: predictions and explanations. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { readBody } from "../protocol/body.js";
import { explanationOf, predictionOf } from "../protocol/instance-answers.js";
import { checkOverlay, readChoice, readInstances } from "../protocol/instances.js";
import { ticketOf } from "../requests.js";
import type { Service } from "../service.js";
import { described } from "./schemas.js";

type ModelRequest = FastifyRequest<{ Params: { readonly model: string } }>;

const tag = "KServe";
const where = (i: number) => `instances[${i}]`;

/** @param maxInstances images of one request */
export function kserveRoutes(app: FastifyInstance, service: Service, maxInstances: number): void {
  const config = { computes: true };
  const list = described("The models that are served", tag, "Models");
  app.get("/v1/models", { schema: list }, async () => ({ models: service.names }));
  const ready = described("Whether the model is open, and requests are taken", tag, "ModelReady");
  app.get("/v1/models/:model", { schema: ready }, async (request: ModelRequest, reply) => {
    const { name } = service.facts(request.params.model);
    reply.code(service.isReady ? 200 : 503);
    return { name, ready: service.isReady };
  });
  // A colon of the path is written twice.
  const path = (verb: string) => `/v1/models/:model(^[^:/]+)::${verb}`;
  const predicting = described("The predicted class of each image", tag, "PredictResponse", "PredictRequest");
  app.post(path("predict"), { schema: predicting, config }, async (request: ModelRequest) => {
    const { model } = request.params;
    const { json } = readBody(request.body, request.headers);
    const images = readInstances(service.facts(model), json, maxInstances);
    const results = await service.compute(ticketOf(request), { model, explain: undefined }, images, where);
    return { predictions: results.map(predictionOf) };
  });
  const explaining = described("The maps of each image", tag, "ExplainResponse", "ExplainRequest");
  app.post(path("explain"), { schema: explaining, config }, async (request: ModelRequest) => {
    const { model } = request.params;
    const { json } = readBody(request.body, request.headers);
    const explain = readChoice(json);
    const images = readInstances(service.facts(model), json, maxInstances);
    checkOverlay(explain, images);
    const results = await service.compute(ticketOf(request), { model, explain }, images, where);
    return { explanations: results.map((result) => explanationOf(result, explain)) };
  });
}
