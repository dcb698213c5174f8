/** @file Probabilities at the end of a network are recognised in all spellings, and the scores before them explained. */

import { describe, expect, it } from "vitest";
import type { Builder } from "../../../src/onnx/builder.js";
import type { Value } from "../../../src/onnx/graph.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { type AppendEnding, apart, explainedBy, network, rawOutput } from "./networks.js";

const axis = (op: Builder) => op.ints([1]);
const softmax = (op: Builder, x: Value) => op.Softmax(x, { axis: -1 });
const exponentials = (op: Builder, x: Value) => {
  const powers = op.Exp(op.Sub(x, op.ReduceMax(x, axis(op), { keepdims: 1 })));
  return { powers, sum: op.ReduceSum(powers, axis(op), { keepdims: 1 }) };
};
const same = (value: number) => value;
const hundredth = (value: number) => value / 100;

/** Endings of softmax, and what makes probabilities of the file's own output. */
const softmaxes: readonly (readonly [string, AppendEnding, (value: number) => number])[] = [
  ["softmax", softmax, same],
  [
    "exponentials over their sum",
    (op, x) => op.Div(op.Exp(x), op.ReduceSum(op.Exp(x), axis(op), { keepdims: 1 })),
    same,
  ],
  [
    "exponentials without the maximum over their sum",
    (op, x) => {
      const { powers, sum } = exponentials(op, x);
      return op.Div(powers, sum);
    },
    same,
  ],
  [
    "exponentials times the reciprocal of a guarded sum without its axis",
    (op, x) => {
      const { powers } = exponentials(op, x);
      const sum = op.Unsqueeze(op.ReduceSum(powers, axis(op), { keepdims: 0 }), axis(op));
      return op.Mul(op.Reciprocal(op.Add(sum, op.scalar(1e-12))), powers);
    },
    same,
  ],
  [
    "the exponential of scores minus their logarithmic sum",
    (op, x) => op.Exp(op.Sub(x, op.node("ReduceLogSumExp", [x, axis(op)], { keepdims: 1 })[0])),
    same,
  ],
  ["identity passes", (op, x) => op.Reshape(op.Identity(softmax(op, x)), op.ints([-1, 4])), same],
  ["clipping", (op, x) => op.Clip(softmax(op, x), op.scalar(0.1), op.scalar(0.9)), same],
  ["a maximum with a small number", (op, x) => op.Max(softmax(op, x), op.scalar(1e-7)), same],
  ["percentages", (op, x) => op.Mul(softmax(op, x), op.scalar(100)), hundredth],
  ["percentages by division", (op, x) => op.Div(softmax(op, x), op.scalar(0.01)), hundredth],
  ["logarithms", (op, x) => op.Log(softmax(op, x)), Math.exp],
  ["logarithms that are kept finite", (op, x) => op.Log(op.Add(softmax(op, x), op.scalar(1e-9))), Math.exp],
  ["log-softmax", (op, x) => op.LogSoftmax(x, { axis: 1 }), Math.exp],
  [
    "log-softmax written out",
    (op, x) => op.Sub(x, op.Log(op.ReduceSum(op.Exp(x), axis(op), { keepdims: 1 }))),
    Math.exp,
  ],
  [
    "log-softmax written out with the maximum added again",
    (op, x) => {
      const { sum } = exponentials(op, x);
      return op.Sub(x, op.Add(op.ReduceMax(x, axis(op), { keepdims: 1 }), op.Log(sum)));
    },
    Math.exp,
  ],
  ["negative logarithms", (op, x) => op.Neg(op.LogSoftmax(x, { axis: 1 })), (value) => Math.exp(-value)],
  [
    "clipping, another sum and percentages",
    (op, x) => {
      const clipped = op.Clip(softmax(op, x), op.scalar(0.05), op.scalar(1));
      return op.Mul(op.Div(clipped, op.ReduceSum(clipped, axis(op), { keepdims: 1 })), op.scalar(100));
    },
    hundredth,
  ],
];

describe("a network that ends in a softmax", () => {
  it.each(softmaxes)("is explained before it: %s", async (_, ending, toProbability) => {
    const graph = network(ending);
    const [plain, explained] = [await explainedBy(network()), await explainedBy(graph)];
    expect(explained.model.scores).toBe("logits");
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
    expect(apart(explained.probabilities, (await rawOutput(graph)).map(toProbability))).toBeLessThan(1e-5);
    expect(explained.predicted).toEqual(plain.predicted);
  });

  it("says what follows the softmax, and nothing where nothing does", async () => {
    const notes = async (name: string) => {
      const [, ending] = softmaxes.find(([each]) => each === name) ?? [];
      return (await explainedBy(network(ending))).model.notes;
    };
    expect(await notes("exponentials over their sum")).toEqual([]);
    expect(await notes("logarithms")).toEqual([]);
    expect(await notes("percentages")).toEqual([
      'the output "y" is a softmax, scaled by 100: the scores before it are explained',
    ]);
  });

  it("may leave out the background: the scores of the classes that are left are explained", async () => {
    const graph = network((op, x) => op.Slice(softmax(op, x), op.ints([1]), op.ints([4]), axis(op)));
    const [plain, explained] = [await explainedBy(network(), 2), await explainedBy(graph, 1)];
    expect(explained.model.classCount).toBe(3);
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
    expect(apart(explained.probabilities, await rawOutput(graph))).toBeLessThan(1e-5);
  });

  it("may have one for each group of classes, of which the surest is predicted", async () => {
    const graph = network((op, x) => {
      const part = (from: number, to: number) => op.Slice(x, op.ints([from]), op.ints([to]), axis(op));
      return op.Concat(softmax(op, part(0, 2)), softmax(op, part(2, 4)), { axis: 1 });
    });
    const [plain, explained, raw] = [
      await explainedBy(network(), 2),
      await explainedBy(graph, 2),
      await rawOutput(graph),
    ];
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
    expect(apart(explained.probabilities, raw)).toBeLessThan(1e-6);
    const rows = [0, 1, 2].map((i) => raw.slice(4 * i, 4 * i + 4));
    expect(explained.predicted).toEqual(rows.map((row) => row.indexOf(Math.max(...row))));
  });
});

const single = (ending: AppendEnding) => network(ending, 1);
const writtenSigmoid = (op: Builder, x: Value) => op.Div(op.scalar(1), op.Add(op.scalar(1), op.Exp(op.Neg(x))));

describe("a network that ends in a sigmoid", () => {
  it.each<readonly [string, AppendEnding]>([
    ["sigmoid", (op, x) => op.Sigmoid(x)],
    ["written out", writtenSigmoid],
    ["as a reciprocal", (op, x) => op.Reciprocal(op.Add(op.Exp(op.Mul(x, op.scalar(-1))), op.scalar(1)))],
    ["as a share", (op, x) => op.Div(op.Exp(x), op.Add(op.Exp(x), op.scalar(1)))],
  ])("is explained before it: %s", async (_, ending) => {
    const [plain, explained] = [await explainedBy(network()), await explainedBy(network(ending))];
    expect([explained.model.scores, explained.model.ending]).toEqual(["logits", "sigmoid"]);
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
    expect(apart(explained.probabilities, await rawOutput(network(ending)))).toBeLessThan(1e-5);
  });

  it.each<readonly [string, 0 | 1, (op: Builder, p: Value) => Value]>([
    ["1 - p and p", 1, (op, p) => op.Concat(op.Sub(op.scalar(1), p), p, { axis: 1 })],
    ["p and 1 - p", 0, (op, p) => op.Concat(p, op.Sub(op.scalar(1), p), { axis: -1 })],
    ["p and 1 + -p", 0, (op, p) => op.Concat(p, op.Add(op.Neg(p), op.scalar(1)), { axis: 1 })],
    [
      "numbers that are stacked",
      1,
      (op, p) => {
        const one = op.Squeeze(p, op.ints([1]));
        return op.Concat(...[op.Sub(op.scalar(1), one), one].map((each) => op.Unsqueeze(each, op.ints([1]))), {
          axis: 1,
        });
      },
    ],
  ])("may have a second column: %s", async (_, positive, columns) => {
    const graph = single((op, x) => columns(op, op.Sigmoid(x)));
    const plain = await explainedBy(
      single((op, x) => op.Sigmoid(x)),
      1,
    );
    const [of, against] = [await explainedBy(graph, positive), await explainedBy(graph, 1 - positive)];
    expect(of.model.classCount).toBe(2);
    expect(apart(of.evidence, plain.evidence)).toBeLessThan(1e-5);
    expect(
      apart(
        against.evidence,
        plain.evidence.map((value) => -value),
      ),
    ).toBeLessThan(1e-5);
    expect(apart(of.probabilities, await rawOutput(graph))).toBeLessThan(1e-5);
  });

  it("may be clipped or scaled, with one score as with several", async () => {
    const clipped = single((op, x) => op.Clip(op.Sigmoid(x), op.scalar(0.45), op.scalar(0.55)));
    const plain = await explainedBy(
      single((op, x) => op.Sigmoid(x)),
      1,
    );
    const explained = await explainedBy(clipped, 1);
    expect(apart(explained.evidence, plain.evidence)).toBeLessThan(1e-5);
    const raw = await rawOutput(clipped);
    expect(
      apart(
        explained.probabilities,
        raw.flatMap((p) => [1 - p, p]),
      ),
    ).toBeLessThan(1e-6);
    const labels = network((op, x) => op.Mul(op.Sigmoid(x), op.scalar(100)));
    const several = await explainedBy(labels);
    expect(apart(several.probabilities, (await rawOutput(labels)).map(hundredth))).toBeLessThan(1e-6);
  });
});

describe("probabilities of another making", () => {
  const mixture: AppendEnding = (op, x) => op.Mul(op.Add(softmax(op, x), softmax(op, op.Neg(x))), op.scalar(0.5));

  it.each<readonly [string, AppendEnding, AppendEnding, (value: number) => number]>([
    ["the mean of two softmaxes", mixture, (op, x) => op.Log(mixture(op, x, "")), same],
    [
      "a group's probability times that within the group",
      (op, x) => hierarchy(op, x),
      (op, x) => op.Log(hierarchy(op, x)),
      same,
    ],
    [
      "sigmoids over their sum",
      (op, x) => shares(op, op.Sigmoid(x)),
      (op, x) => op.Log(shares(op, op.Sigmoid(x))),
      same,
    ],
    [
      "percentages",
      (op, x) => op.Mul(mixture(op, x, ""), op.scalar(100)),
      (op, x) => op.Log(mixture(op, x, "")),
      hundredth,
    ],
    ["logarithms", (op, x) => op.Log(mixture(op, x, "")), (op, x) => op.Log(mixture(op, x, "")), Math.exp],
  ])("are found by a probe, and their logarithm is explained: %s", async (_, ending, logarithm, toProbability) => {
    const [graph, reference] = [
      network(ending),
      network((op, x) => op.Add(logarithm(op, x, ""), op.constant(offsets))),
    ];
    const [expected, explained] = [await explainedBy(reference), await explainedBy(graph)];
    expect(expected.model.ending).toBe("none");
    expect(explained.model.notes.join()).toMatch(/the logarithm of a class's probability is explained/);
    expect(apart(explained.evidence, expected.evidence)).toBeLessThan(1e-5);
    expect(apart(explained.probabilities, (await rawOutput(graph)).map(toProbability))).toBeLessThan(1e-5);
  });

  it.each<readonly [string, AppendEnding]>([
    ["plain scores", (_, x) => x],
    ["scores through a ReLU", (op, x) => op.Relu(x)],
    ["scores between 0 and 1", (op, x) => op.Clip(x, op.scalar(0), op.scalar(1))],
    ["a softmax of other numbers as a factor", (op, x) => op.Mul(softmax(op, x), x)],
    ["an embedding of length one", (op, x) => op.Div(x, op.ReduceL2(x, axis(op), { keepdims: 1 }))],
    ["exponentials", (op, x) => op.Exp(x)],
    [
      "attention over places",
      (op, _, features) => {
        const tokens = op.Reshape(features, op.ints([0, 6, 36]));
        const weights = op.Softmax(op.ReduceSum(tokens, axis(op), { keepdims: 1 }), { axis: -1 });
        return op.Squeeze(op.MatMul(tokens, op.Transpose(weights, { perm: [0, 2, 1] })), op.ints([2]));
      },
    ],
  ])("are not seen where there are none: %s", async (_, ending) => {
    const { model } = await explainedBy(network(ending));
    expect([model.scores, model.ending, model.probabilities, model.notes]).toEqual(["y", "none", undefined, []]);
  });
});

const offsets = float32([4], [1, 2, 3, 4]);

function shares(op: Builder, x: Value): Value {
  return op.Div(x, op.ReduceSum(x, axis(op), { keepdims: 1 }));
}

/** p(group) p(class | group) of two groups of two classes each. */
function hierarchy(op: Builder, x: Value): Value {
  const part = (from: number, to: number, of = x) => op.Slice(of, op.ints([from]), op.ints([to]), axis(op));
  const groups = softmax(op, op.Mul(part(0, 2), op.scalar(2)));
  const within = [softmax(op, part(0, 2)), softmax(op, part(2, 4))];
  return op.Concat(...within.map((each, i) => op.Mul(part(i, i + 1, groups), each)), { axis: 1 });
}
