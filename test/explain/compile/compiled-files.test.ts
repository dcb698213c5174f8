/** @file Compiled files pass the ONNX checker's rules, whatever the source is made of. */

import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type CompileOptions, compileExplanation } from "../../../src/explain/compile.js";
import { embeddedModelPath, loadModel } from "../../../src/explain/node.js";
import { photoAxes } from "../../../src/model/input/image-axes.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { emptyGraph, type Graph, typeOf, type Value } from "../../../src/onnx/graph.js";
import {
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { inferTypes } from "../../../src/runtime/infer-types.js";
import { fromScratch, networks } from "../../../src/train/network/networks.js";
import { photoAugmentation } from "../../../src/train/step/augment.js";
import { optimizerNamed } from "../../../src/train/step/optimizer.js";
import { buildStepGraph } from "../../../src/train/step/step-graph.js";
import { fixtureGoldens, goldenCases } from "../../support/goldens/goldens.js";
import { onnxComplaints } from "../../support/models/onnx-checker.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";

const options: readonly CompileOptions[] = [
  {},
  { image: true },
  { classes: 3, choose: true },
  { classes: 2, image: true },
];

/** Compiles in every way that the model allows; a network of two channels takes no photos. */
function compiledFiles(model: Model): Uint8Array[] {
  const photos = photoAxes(model) !== undefined;
  return options.filter(({ image }) => photos || !image).map((each) => writeModel(compileExplanation(model, each)));
}

/** Outputs whose declared type is not the inferred one; where a size is inferred as a number it must be declared as that. */
async function wrongOutputs(bytes: Uint8Array): Promise<Value[]> {
  const graph = readModel(bytes);
  const inferred = await inferTypes(graph, runtime);
  return graph.outputs
    .filter(({ name, type, dims = [] }) => {
      const found = typeOf({ ...inferred, outputs: [] }, name);
      const fits = dims.every((dim, i) => typeof found?.dims?.[i] !== "number" || found.dims[i] === dim);
      return found?.type !== type || (found?.dims !== undefined && (found.dims.length !== dims.length || !fits));
    })
    .map(({ name }) => name);
}

async function expectSound(model: Model): Promise<void> {
  for (const bytes of compiledFiles(model)) {
    expect(onnxComplaints(bytes)).toEqual([]);
    expect(await wrongOutputs(bytes)).toEqual([]);
    await (await runtime.open(bytes)).close();
  }
}

/** The network, with its first rectifier changed in the file's own terms. */
function withRectifier(change: (model: ModelProto, node: NodeProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, writeModel(convNet()));
  change(model, rectifier(model));
  return toBinary(ModelProtoSchema, model);
}

function rectifier(model: ModelProto): NodeProto {
  return model.graph?.node.find(({ opType }) => opType === "Relu") as NodeProto;
}

describe("a compiled file is sound", () => {
  it.each(
    goldenCases(fixtureGoldens).flatMap(({ name, folder, models }) => models.map((file) => [name, file, folder])),
  )("for %s, %s", async (_, file, folder) =>
    expectSound(await loadModel(join(folder as string, file as string), { runtime })),
  );

  it("for the embedded model", async () => expectSound(await loadModel(embeddedModelPath, { runtime })));

  it("for a channels-last network in photos and out", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 10, 12, 3]);
    const planes = op.Transpose(x, { perm: [0, 3, 1, 2] });
    const maps = op.Relu(op.Conv(planes, op.constant(randomTensor([4, 3, 3, 3], "w"))));
    op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
    op.output(op.Transpose(maps, { perm: [0, 2, 3, 1] }), "features");
    await expectSound(await openModel(op.graph, runtime));
  });

  it("for a file with a function of its own, which is inlined", async () => {
    const bytes = withRectifier((model, node) => {
      const body = [
        create(NodeProtoSchema, { opType: "Neg", input: ["a"], output: ["b"] }),
        create(NodeProtoSchema, { opType: "Neg", input: ["b"], output: ["c"] }),
        create(NodeProtoSchema, { opType: "Relu", input: ["c"], output: ["d"] }),
      ];
      const local = create(OperatorSetIdProtoSchema, { domain: "local", version: 1n });
      model.opsetImport.push(local);
      const { functions } = create(ModelProtoSchema, {
        functions: [
          {
            name: "Twice",
            domain: "local",
            input: ["a"],
            output: ["d"],
            node: body,
            opsetImport: [{ domain: "", version: 18n }],
          },
        ],
      });
      model.functions = functions;
      Object.assign(node, { opType: "Twice", domain: "local" });
    });
    const model = await openModel(bytes, runtime);
    await expectSound(model);
    const [session, plain] = await Promise.all(
      [writeModel(compileExplanation(model)), writeModel(compileExplanation(await openModel(convNet(), runtime)))].map(
        (file) => runtime.open(file),
      ),
    );
    const results = await Promise.all([session, plain].map((each) => each?.run({ x: images(2) })));
    expect(results[0]?.heatmap?.data).toEqual(results[1]?.heatmap?.data);
  });

  it("for a network with a branch that is taken at run time, and weights in the branch", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 2, 6, 6]);
    const branch = (factor: number): Graph => {
      const inner = new Builder(emptyGraph(`times ${factor}`), `times ${factor}`);
      inner.output(inner.Mul(x, inner.scalar(factor)));
      return inner.graph;
    };
    const bright = op.Greater(op.ReduceMax(x, op.ints([0, 1, 2, 3]), { keepdims: 0 }), op.scalar(0.5));
    const branches = { then_branch: branch(2), else_branch: branch(-1) };
    const [scaled] = op.node(
      "If",
      [bright],
      Object.fromEntries(Object.entries(branches).map(([name, value]) => [name, { type: "graph" as const, value }])),
    );
    const maps = op.Relu(op.Conv(scaled, op.constant(randomTensor([3, 2, 3, 3], "w"))));
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(maps)), op.constant(randomTensor([3, 4], "head"))), "y");
    await expectSound(await openModel(op.graph, runtime));
  });

  it("without the opsets that nothing uses", async () => {
    const bytes = withRectifier((model) => {
      model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "unused", version: 1n }));
    });
    const compiled = readModel(writeModel(compileExplanation(await openModel(bytes, runtime))));
    expect([...compiled.opsets]).toEqual([["", 18]]);
  });

  it("unless its weights are more than one file can hold", async () => {
    const graph = convNet();
    const zeros = new Uint8Array(2 ** 29);
    for (let i = 0; i < 5; i++) graph.initializers.set(`zeros ${i}`, new Tensor("uint8", [2 ** 29], zeros));
    expect(() => writeModel(graph)).toThrow(
      "model: expected less than 2 GiB, which is all that an ONNX file holds, got 2.5 GiB of weights",
    );
  });
});

it("a training step's file is sound, too", async () => {
  const network = networks.find(({ name }) => name === "compact") as (typeof networks)[number];
  const shape = { channels: 3, height: 28, width: 28, classes: 10 };
  const trainable = fromScratch(network, shape, { seed: 1, head: "softmax" });
  const settings = { weightDecay: 0.01, labelSmoothing: 0.1, augmentation: photoAugmentation };
  const { graph } = await buildStepGraph(trainable, { optimizer: optimizerNamed("adam"), ...settings }, runtime);
  const { outputs } = await inferTypes(graph, runtime);
  expect(onnxComplaints(writeModel({ ...graph, outputs }))).toEqual([]);
});
