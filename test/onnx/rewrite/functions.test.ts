/** @file A model with functions of its own computes the same once they are inlined: both forms are run and compared. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import {
  AttributeProto_AttributeType as AttributeType,
  type FunctionProtoSchema,
  type GraphProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, numbers, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { floatValue, modelBytes } from "../../support/models/model-proto.js";
import { runFresh } from "../../support/models/run.js";
import { runtime } from "../../support/runtime.js";

type Function = MessageInitShape<typeof FunctionProtoSchema>;

const standard = { domain: "", version: 18n };
const local = { domain: "local", version: 1n };
const alpha = (f: number) => ({ name: "alpha", type: AttributeType.FLOAT, f });
const taken = { name: "alpha", type: AttributeType.FLOAT, refAttrName: "slope" };

/** y = leaky(x) + x, z = exp(x) */
const shifted: Function = {
  name: "Shifted",
  domain: "local",
  input: ["x", "unused"],
  output: ["y", "z"],
  attribute: ["slope"],
  opsetImport: [standard],
  node: [
    { opType: "LeakyRelu", input: ["x"], output: ["t"], attribute: [taken] },
    { opType: "Add", input: ["t", "x"], output: ["y"] },
    { opType: "Exp", input: ["x"], output: ["z"] },
  ],
};

/** Shifted twice, with a default slope. */
const twice: Function = {
  name: "Twice",
  domain: "local",
  input: ["x"],
  output: ["t"],
  attributeProto: [{ name: "slope", type: AttributeType.FLOAT, f: 0.3 }],
  opsetImport: [standard, local],
  node: [
    { opType: "Shifted", domain: "local", input: ["x"], output: ["u", "v"], attribute: [{ ...taken, name: "slope" }] },
    {
      opType: "Shifted",
      domain: "local",
      input: ["u"],
      output: ["t", "w"],
      attribute: [{ ...alpha(0.5), name: "slope" }],
    },
  ],
};

function bytesOf(graph: MessageInitShape<typeof GraphProtoSchema>, functions: Function[]): Uint8Array {
  const sides = { name: "g", input: [floatValue("x", [2, 2])], output: [floatValue("y", [2, 2])] };
  return modelBytes({ ...sides, ...graph }, { opsetImport: [standard, local], functions });
}

async function expectSame(bytes: Uint8Array): Promise<void> {
  const feeds = { x: float32([2, 2], [1, -2, 0.5, -0.25]) };
  const session = await runtime.open(bytes, { optimize: false, threads: 1 });
  const before = numbers((await session.run(feeds)).y as Tensor);
  const graph = readModel(bytes);
  expect(graph.nodes.filter(({ domain }) => domain !== "")).toEqual([]);
  expect(numbers((await runFresh(graph, feeds)).y as Tensor)).toEqual(before);
  expect(numbers((await runFresh(readModel(writeModel(graph)), feeds)).y as Tensor)).toEqual(before);
}

it("functions that call functions, with attributes given and by default", async () => {
  const node = [
    { name: "t", opType: "Twice", domain: "local", input: ["x"], output: ["t"] },
    {
      name: "s",
      opType: "Twice",
      domain: "local",
      input: ["t"],
      output: ["u"],
      attribute: [{ ...alpha(0.1), name: "slope" }],
    },
    {
      opType: "Shifted",
      domain: "local",
      input: ["u"],
      output: ["y", "z"],
      attribute: [{ ...alpha(0.1), name: "slope" }],
    },
  ];
  await expectSame(bytesOf({ node }, [shifted, twice]));
});

it("an output that is the input, and one that nobody asked for", () => {
  const node = [
    { name: "n", opType: "Through", domain: "local", input: ["x"], output: ["", "c"] },
    { opType: "Neg", input: ["c"], output: ["y"] },
  ];
  const through = { ...twice, name: "Through", output: ["t", "x"] };
  const graph = readModel(bytesOf({ node }, [shifted, through]));
  expect(graph.nodes.map(({ op }) => op).filter((op) => op === "Identity")).toHaveLength(1);
  expect(new Set(graph.nodes.flatMap(({ outputs }) => outputs)).size).toBe(8);
});

it("within the branch of an If", async () => {
  const branch = (name: string, opType: string, domain: string) => ({
    name,
    type: AttributeType.GRAPH,
    g: {
      name,
      node: [{ opType, domain, input: ["x"], output: [`${name}/t`] }],
      output: [floatValue(`${name}/t`, [2, 2])],
    },
  });
  const attribute = [branch("then_branch", "Twice", "local"), branch("else_branch", "Neg", "")];
  const node = [
    {
      opType: "ReduceSum",
      input: ["x"],
      output: ["sum"],
      attribute: [{ name: "keepdims", type: AttributeType.INT, i: 0n }],
    },
    { opType: "Cast", input: ["sum"], output: ["c"], attribute: [{ name: "to", type: AttributeType.INT, i: 9n }] },
    { opType: "If", input: ["c"], output: ["y"], attribute },
  ];
  await expectSame(bytesOf({ node }, [shifted, twice]));
});

it("a function that calls itself is refused", () => {
  const endless: Function = {
    name: "Endless",
    domain: "local",
    input: ["x"],
    output: ["y"],
    opsetImport: [local],
    node: [{ opType: "Endless", domain: "local", input: ["x"], output: ["y"] }],
  };
  const node = [{ name: "n", opType: "Endless", domain: "local", input: ["x"], output: ["y"] }];
  expect(() => readModel(bytesOf({ node }, [endless]))).toThrow(/function local.Endless calls itself/);
});
