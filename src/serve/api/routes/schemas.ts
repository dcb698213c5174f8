/** @file The forms of requests and answers, from which the OpenAPI description is made. */

const text = { type: "string" } as const;
const whole = { type: "integer" } as const;
const number = { type: "number" } as const;
const flag = { type: "boolean" } as const;
const texts = { type: "array", items: text } as const;
const sizes = { type: "array", items: whole } as const;
const parameters = { type: "object", additionalProperties: { anyOf: [text, number, flag] } } as const;
const data = { type: "array", description: "numbers or texts, nested or flat", items: {} } as const;

const ref = (id: string) => ({ $ref: `${id}#` }) as const;
const listOf = (id: string) => ({ type: "array", items: ref(id) }) as const;

function object($id: string, required: readonly string[], properties: Readonly<Record<string, object>>) {
  return { $id, type: "object", required, properties } as const;
}

const image = object("Image", ["image"], {
  image: {
    type: "object",
    required: ["b64"],
    properties: { b64: { ...text, description: "an image file as base64" } },
  },
});
const classFields = { class: whole, label: text, score: number, probability: number };

/** All of them, each with its name as `$id`. */
export const schemas = [
  object("Error", ["error"], { error: text }),
  object("Live", ["live"], { live: flag }),
  object("Ready", ["ready"], { ready: flag }),
  object("ModelReady", ["name", "ready"], { name: text, ready: flag }),
  object("Server", ["name", "version", "extensions"], { name: text, version: text, extensions: texts }),
  object("Tensor", ["name", "datatype", "shape"], { name: text, datatype: text, shape: sizes }),
  object("Model", ["name", "platform", "inputs", "outputs"], {
    ...{ name: text, versions: texts, platform: text },
    ...{ inputs: listOf("Tensor"), outputs: listOf("Tensor") },
    properties: { type: "object", additionalProperties: text, description: "where the model's settings come from" },
  }),
  object("RequestInput", ["name", "shape", "datatype"], {
    ...{ name: text, shape: sizes, datatype: text, parameters },
    data: { ...data, description: "numbers, or image files as base64; none with parameters.binary_data_size" },
  }),
  object("RequestOutput", ["name"], { name: text, parameters }),
  object("InferRequest", ["inputs"], {
    ...{ id: text, parameters },
    ...{ inputs: listOf("RequestInput"), outputs: listOf("RequestOutput") },
  }),
  object("ResponseOutput", ["name", "shape", "datatype"], {
    ...{ name: text, shape: sizes, datatype: text, parameters, data },
  }),
  object("InferResponse", ["model_name", "outputs"], {
    ...{ model_name: text, model_version: text, id: text, parameters },
    outputs: listOf("ResponseOutput"),
  }),
  image,
  object("PredictRequest", ["instances"], {
    instances: { type: "array", items: { anyOf: [ref("Image"), { type: "array", items: {} }] } },
  }),
  object("ExplainRequest", ["instances"], {
    instances: { type: "array", items: { anyOf: [ref("Image"), { type: "array", items: {} }] } },
    parameters: {
      type: "object",
      description: "as the options of fovea explain",
      properties: {
        class: { anyOf: [text, whole, { type: "array", items: { anyOf: [text, whole] } }] },
        layer: { anyOf: [text, whole] },
        ...{ method: text, against: flag, signed: flag, overlay: flag },
      },
    },
  }),
  object("Models", ["models"], { models: texts }),
  object("Class", Object.keys(classFields), classFields),
  object("PredictResponse", ["predictions"], {
    predictions: {
      type: "array",
      items: {
        type: "object",
        required: [...Object.keys(classFields), "scores", "probabilities"],
        properties: {
          ...classFields,
          scores: { type: "array", items: number },
          probabilities: { type: "array", items: number },
        },
      },
    },
  }),
  object("Map", [...Object.keys(classFields), "values", "signed"], {
    ...classFields,
    ...{ width: whole, height: whole, sizes, values: { type: "array", items: number }, signed: flag, note: text },
    box: { type: "object", properties: { x: number, y: number, width: number, height: number } },
    overlay: { type: "object", properties: { b64: { ...text, description: "a PNG file as base64" } } },
  }),
  object("Explanation", ["predicted", "method", "layer", "against", "maps"], {
    ...{ predicted: ref("Class"), method: text, layer: text, against: flag, maps: listOf("Map") },
    image: { type: "object", properties: { width: whole, height: whole } },
  }),
  object("ExplainResponse", ["explanations"], { explanations: listOf("Explanation") }),
];

/** Errors that any route may give. */
const errors = { "4xx": ref("Error"), "5xx": ref("Error") };

/** What a route says of itself. */
export function described(summary: string, tag: string, answer: string, body?: string) {
  return {
    summary,
    tags: [tag],
    ...(body === undefined ? {} : { body: ref(body) }),
    response: { 200: ref(answer), ...errors },
  };
}
