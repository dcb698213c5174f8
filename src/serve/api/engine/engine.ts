/** @file The child process that models run in: opens all of them, and computes scores and maps of images. */

import { answerParent } from "../../../child/answer-parent.js";
import type { LoadedModel } from "../../../explain/loaded-model.js";
import { loadModel } from "../../../explain/node.js";
import { FoveaError } from "../../../foundation/error.js";
import { decodeImage } from "../../../image/node.js";
import { photoAxes } from "../../../model/input/image-axes.js";
import { createNodePlatform } from "../../../model/platform/node.js";
import type { Platform } from "../../../model/platform.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { tellsClasses } from "../../../model/tasks/found-task.js";
import { tensorsFrom } from "../../../runtime/isolated/plain-tensor.js";
import { createNodeRuntime } from "../../../runtime/node.js";
import { explainImages } from "./explain-images.js";
import { Explainers } from "./explainers.js";
import type { Engine, ModelFacts, ModelPlan, OpenRequest, RunRequest } from "./messages.js";
import { ImageScorer } from "./score-images.js";

/** A model with what computes on it. */
interface Opened {
  readonly file: string;
  readonly scorer: ImageScorer;
  readonly explainers: Explainers;
}

const models = new Map<string, Opened>();

/** Sentences about the device that the parent does not know yet. */
const sentences: string[] = [];

const abilities: Engine = {
  async open({ models: plans, ...request }) {
    const platform = platformOf(request);
    const facts: ModelFacts[] = [];
    for (const plan of plans) {
      const model = await open(plan, platform);
      models.set(plan.name, {
        file: plan.file,
        scorer: new ImageScorer(model),
        explainers: new Explainers(model),
      });
      facts.push(factsOf(plan.name, model));
    }
    return { facts, told: sentences.splice(0) };
  },
  async run(request) {
    const opened = models.get(request.model);
    if (opened === undefined) throw new Error("internal: the model is not open");
    try {
      return { results: await computed(opened, request), told: sentences.splice(0) };
    } catch (error) {
      throw error instanceof FoveaError ? withoutPath(error, opened.file, request.model) : error;
    }
  },
};

/** Milliseconds after which the server has given up for sure. */
const grace = 200;

async function computed({ scorer, explainers }: Opened, { explain, images, until }: RunRequest) {
  if (explain === undefined) return scorer.score(images);
  const signal = AbortSignal.timeout(Math.max(0, until - Date.now()) + grace);
  return explainers.use(explain, (explainer) => explainImages(explainer, images, explain, signal));
}

/** An error as clients are told: where the file lies is none of their business. */
function withoutPath({ code, message }: FoveaError, file: string, name: string): FoveaError {
  return new FoveaError(code, message.replaceAll(file, `model ${name}`));
}

function platformOf({ threads, device, maxPixels }: Omit<OpenRequest, "models">): Platform {
  const onDevice = (sentence: string) => void sentences.push(sentence);
  const platform = createNodePlatform({ runtime: createNodeRuntime({ threads, device, onDevice }) });
  const decode: Platform["decode"] = (source, options) => decodeImage(source, { ...options, maxPixels });
  return Object.assign(platform, { decode });
}

async function open({ file, options: { inputs, ...options } }: ModelPlan, platform: Platform): Promise<LoadedModel> {
  const model = await loadModel(file, { ...options, platform, ...(inputs ? { inputs: tensorsFrom(inputs) } : {}) });
  const { task } = model;
  if (tellsClasses(task) || task.name === "image-text") return model;
  const expected = "expected a model with classes of whole images to serve";
  throw new FoveaError("bad-input", `${file}: ${expected}, got one for ${task.name}: fovea explain explains it`);
}

function factsOf(name: string, model: LoadedModel): ModelFacts {
  const { dims = [], name: input } = model.input;
  const takesImages = photoAxes(model) !== undefined;
  const origin = takesImages ? preprocessingOf(model).origin : undefined;
  return {
    name,
    input: { name: input, dims: dims.map((dim) => (typeof dim === "number" ? dim : -1)) },
    takesImages,
    classCount: model.classCount ?? -1,
    properties: {
      ...(origin === undefined ? {} : { preprocessing: origin }),
      ...(model.classesOrigin === undefined ? {} : { classes: model.classesOrigin }),
    },
    notes: [...(origin?.startsWith("assumed") ? [`preprocessing ${origin}`] : []), ...model.notes],
  };
}

answerParent(abilities);
