/** @file The routes of the Open Inference Protocol that concern models. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { shortened } from "../../../foundation/error.js";
import type { ModelFacts } from "../engine/messages.js";
import { jsonLengthHeader, readBody } from "../protocol/body.js";
import { type InferAnswer, inferAnswer } from "../protocol/infer-answer.js";
import { readInfer } from "../protocol/infer-request.js";
import { modelVersion } from "../protocol/outputs.js";
import { imageInput } from "../protocol/tensors.js";
import { Refusal } from "../refusal.js";
import { ticketOf } from "../requests.js";
import type { Service } from "../service.js";
import { described } from "./schemas.js";

interface ModelParams {
  readonly model: string;
  readonly version?: string;
}

type ModelRequest = FastifyRequest<{ Params: ModelParams }>;

const tag = "Open Inference Protocol";

/** @param maxInstances images of one request */
export function inferRoutes(app: FastifyInstance, service: Service, maxInstances: number): void {
  const infer = async (request: ModelRequest, reply: FastifyReply) => {
    const { model } = request.params;
    const asked = readInfer(factsOf(request), readBody(request.body, request.headers), maxInstances);
    const job = { model, explain: undefined };
    const results = await service.compute(ticketOf(request), job, asked.images, (i) => `inputs[0], image ${i}`);
    return sendAnswer(reply, inferAnswer(model, asked, results));
  };
  function factsOf({ params: { model, version = modelVersion } }: ModelRequest): ModelFacts {
    const facts = service.facts(model);
    if (version === modelVersion) return facts;
    throw new Refusal(404, `model ${model}: expected version ${modelVersion}, got ${shortened(version)}`);
  }
  for (const path of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    const about = described("What the model takes and gives", tag, "Model");
    app.get(path, { schema: about }, async (request: ModelRequest) => metadataOf(factsOf(request)));
    const ready = described("Whether the model is open, and requests are taken", tag, "ModelReady");
    app.get(`${path}/ready`, { schema: ready }, async (request: ModelRequest, reply) => {
      const isReady = factsOf(request) !== undefined && service.isReady;
      reply.code(isReady ? 200 : 503);
      return { name: request.params.model, ready: isReady };
    });
    const schema = described("Scores, probabilities and classes", tag, "InferResponse", "InferRequest");
    const consumes = ["application/json", "application/octet-stream"];
    app.post(`${path}/infer`, { schema: { ...schema, consumes }, config: { computes: true } }, infer);
  }
}

function metadataOf(facts: ModelFacts) {
  const { name, input, classCount, takesImages, properties } = facts;
  const own = { name: input.name, datatype: "FP32", shape: [-1, ...input.dims.slice(1)] };
  const files = { name: imageInput(facts), datatype: "BYTES", shape: [-1] };
  const rows = { datatype: "FP32", shape: [-1, classCount] };
  return {
    name,
    versions: [modelVersion],
    platform: "onnx_onnxv1",
    inputs: takesImages ? [own, files] : [own],
    outputs: [
      { name: "scores", ...rows },
      { name: "probabilities", ...rows },
      { name: "classes", datatype: "BYTES", shape: [-1] },
    ],
    properties,
  };
}

function sendAnswer(reply: FastifyReply, { json, binary }: InferAnswer): unknown {
  if (binary === undefined) return json;
  const header = Buffer.from(JSON.stringify(json), "utf8");
  reply.header(jsonLengthHeader, header.length).type("application/octet-stream");
  return Buffer.concat([header, binary]);
}
