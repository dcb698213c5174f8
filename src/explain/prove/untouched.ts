/** @file The file of a model as it is, run beside the model. */

import { FoveaError, messageOf } from "../../foundation/error.js";
import type { Model } from "../../model/model.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import type { Graph, Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { type DataType, dataTypes, type Tensor } from "../../onnx/tensor.js";
import { runOnce } from "../../runtime/run-once.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { asFileInput } from "./file-values.js";

/** The untouched file, or another source that the runtime opens. */
export type UntouchedSource = Uint8Array | Graph | string;

export interface Untouched {
  /** The class scores of the images that it was opened with. */
  readonly first: Tensor;
  /** The file's output that holds the class scores. */
  run(images: Tensor): Promise<Tensor>;
  /** What is not proved; none where the file runs node by node. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a file node by node, without the runtime's optimisations, so that their faults are not on both sides of a
 * comparison; with them where it does not run otherwise, which a note says.
 * @param images run at once
 * @throws FoveaError `bad-graph` for a file that the runtime does not run
 */
export async function openUntouched(
  model: Model,
  source: UntouchedSource,
  runtime: Runtime,
  images: Tensor,
): Promise<Untouched> {
  const { hasGuards } = await import("../../onnx/rewrite/guard-division.js");
  if (hasGuards(model.graph)) {
    const guarded = await tried(model, model.graph, runtime, images, false);
    const note = "The file may divide a whole number so that the process ends: it runs with these divisions guarded.";
    return { ...guarded, notes: [note] };
  }
  try {
    return await tried(model, source, runtime, images, false);
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const optimised = await naming(model, () => tried(model, source, runtime, images, true));
    const note = `The file runs only as the runtime optimises it, so faults of that would show in both: ${messageOf(error)}`;
    return { ...optimised, notes: [note] };
  }
}

async function tried(
  model: Model,
  source: UntouchedSource,
  runtime: Runtime,
  images: Tensor,
  optimize: boolean,
): Promise<Untouched> {
  const session = await openWithOutput(model, source, runtime, optimize);
  const run = async (input: Tensor) => {
    const outputs = await session.run(await feedsOf(model, session, input, runtime));
    return tensorNamed(outputs, model.output);
  };
  try {
    return { first: await run(images), run, notes: [], close: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The file; where it gives not the scores, but texts or choices made of them, the model's graph up to these. */
async function openWithOutput(
  { graph, output }: Model,
  source: UntouchedSource,
  runtime: Runtime,
  optimize: boolean,
): Promise<Session> {
  const session = await runtime.open(source, { optimize });
  if (session.outputs.some(({ name }) => name === output)) return session;
  await session.close();
  return runtime.open(prune(graph, [output]), { optimize: false });
}

async function feedsOf(
  { constants, input }: Model,
  { inputs }: Session,
  images: Tensor,
  runtime: Runtime,
): Promise<Record<Value, Tensor>> {
  const feeds: Record<Value, Tensor> = { ...constants, [input.name]: images };
  for (const info of inputs)
    feeds[info.name] = await castTensor(info.type, asFileInput(tensorNamed(feeds, info.name), info), runtime);
  return feeds;
}

/** A floating tensor in the type that a file's input has. */
async function castTensor(type: DataType | undefined, tensor: Tensor, runtime: Runtime): Promise<Tensor> {
  if (type === undefined || type === tensor.type || !type.includes("float") || !tensor.type.includes("float"))
    return tensor;
  const op = new Builder();
  op.output(op.Cast(op.input("x", tensor.type), { to: dataTypes[type] }), "y");
  return tensorNamed(await runOnce(runtime, op.graph, { x: tensor }), "y");
}

/** Says of a refused file in another precision that this is why. */
async function naming<Result>({ precision }: Model, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof FoveaError) || precision === "float32") throw error;
    const what = `the file computes in ${precision}, for which this runtime may have no kernels, explanations in float32`;
    throw new FoveaError(
      error.code,
      `check: expected a file that the runtime runs as it is, got one refused (${what}): ${error.message}`,
    );
  }
}
