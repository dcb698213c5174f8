/** @file What can be explained besides the score of a class. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../../src/explain/explainer.js";
import { classIndex, classIndices } from "../../../src/model/class-names.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { classGroups } from "../../../src/model/targets/class-groups.js";
import { classMinus } from "../../../src/model/targets/class-minus.js";
import { maskMean } from "../../../src/model/targets/mask-mean.js";
import { outputOf } from "../../../src/model/targets/output.js";
import { outputScores } from "../../../src/model/targets/output-scores.js";
import { similarityTo } from "../../../src/model/targets/similarity.js";
import { type Target, withTarget } from "../../../src/model/targets/target.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { convNet, images } from "../../explain/architectures/networks.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

/** With the scores of a segmentation network where it is one. */
const opened = (graph: Graph) => {
  const output = graph.outputs.find(({ name }) => name === "classes")?.name;
  return openModel(graph, runtime, "model", { output });
};
const targeted = async (graph: Graph, target: Target): Promise<Model> =>
  withTarget(await opened(graph), target, runtime);
const explained = async (model: Model, input: Tensor, classes: number[], method = "grad-cam") => {
  const explainer = await createExplainer(model, { runtime, layer: "features", method });
  return explainer.explain(input, { classes });
};
const close = (a: ArrayLike<number>, b: readonly number[]) =>
  expect(Array.from(a)).toEqual(b.map((value) => expect.closeTo(value, 4)));

/** A segmentation network, Relu (`features`) - 1x1 convolution to 3 classes [N, 3, 4, 5], with a second output. */
function segmenter(): Graph {
  const op = new Builder();
  const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 2, 4, 5])));
  op.output(op.Conv(features, op.constant(randomTensor([3, 2, 1, 1], "w"))), "classes");
  op.output(op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 }), "embedding");
  return op.graph;
}
const scene = (seed: string) => randomTensor([2, 2, 4, 5], seed);

describe("a class minus another", () => {
  it("has the difference of both maps, and the same probabilities", async () => {
    const plain = await explained(await openModel(convNet(), runtime), images(2), [1, 3]);
    const difference = await explained(await targeted(convNet(), classMinus(3)), images(2), [1, 3]);
    const [a, b] = [floats(plain.evidence), floats(difference.evidence)];
    for (const i of [0, 1]) {
      const [one, other] = [0, 1].map((k) => [...a.subarray((2 * i + k) * 36, (2 * i + k + 1) * 36)]) as [
        number[],
        number[],
      ];
      close(
        b.subarray(2 * i * 36, (2 * i + 1) * 36),
        one.map((value, p) => value - (other[p] as number)),
      );
      expect(b.subarray((2 * i + 1) * 36, (2 * i + 2) * 36).every((value) => value === 0)).toBe(true);
    }
    close(floats(difference.probabilities), [...floats(plain.probabilities)]);
    expect(difference.predicted).toEqual(plain.predicted);
  });

  it("takes the other class by name as well", async () => {
    const model = await openModel(convNet(), runtime, "model", {
      given: { origin: "as given", classes: ["cat", "dog", "bus", "sea lion"] },
    });
    const scores = async (other: number | string) => {
      const targeted = await withTarget(model, classMinus(other), runtime);
      return [...floats(await outputOf(targeted, images(2), runtime))];
    };
    expect(await scores("Sea lion")).toEqual(await scores(3));
    expect((await withTarget(model, classMinus("dog"), runtime)).target).toBe("minus class dog");
    await expect(scores("dig")).rejects.toThrow(/^unknown class "dig": expected one of dog, /);
  });

  it("is for classes that there are", async () => {
    await expect(targeted(convNet(), classMinus(4))).rejects.toThrow(/^class 4: expected 0 to 3$/);
  });
});

describe("classes in groups", () => {
  const groups = [
    { name: "animals", classes: [1, 3] },
    { name: "bus", classes: [2] },
  ];

  it.each([0, 500])("have the sum of their classes' probabilities, also where scores are around %d", async (shift) => {
    const plain = await explained(await opened(convNet({ shift })), images(2), [0]);
    const model = await targeted(convNet({ shift }), classGroups({ groups }));
    const grouped = await explained(model, images(2), [0]);
    const count = plain.probabilities.dims[1] ?? 0;
    expect([model.classCount, model.ending]).toEqual([count - 1, "softmax"]);
    const rest = Array.from({ length: count }, (_, k) => k).filter((k) => ![1, 2, 3].includes(k));
    const row = (i: number) => floats(plain.probabilities).subarray(i * count, (i + 1) * count);
    const expected = [0, 1].flatMap((i) => {
      const p = [...row(i)];
      return [(p[1] ?? 0) + (p[3] ?? 0), p[2] ?? 0, ...rest.map((k) => p[k] ?? 0)];
    });
    close(floats(grouped.probabilities), expected);
  });

  it("have the evidence of their classes, each by its share of the group's probability", async () => {
    const plain = await explained(await opened(convNet()), images(1), [1, 3], "hires-cam");
    const model = await targeted(convNet(), classGroups({ groups }));
    const grouped = await explained(model, images(1), [0, 1], "hires-cam");
    const p = floats(plain.probabilities);
    const share = (p[1] ?? 0) / ((p[1] ?? 0) + (p[3] ?? 0));
    const evidence = floats(plain.evidence);
    const size = evidence.length / 2;
    close(
      floats(grouped.evidence).subarray(0, size),
      Array.from({ length: size }, (_, i) => share * (evidence[i] ?? 0) + (1 - share) * (evidence[size + i] ?? 0)),
    );
  });

  it("keep their names, ids and synonyms, and refuse a class in two groups", async () => {
    const given = { origin: "as given", labelFiles: [{ origin: "", readings: [wordNet] }] };
    const model = await openModel(convNet(), runtime, "model", { given });
    const dogs = { name: "dogs", classes: ["n02085620", "n02085782"], terms: ["dog"] };
    const grouped = await withTarget(model, classGroups({ groups: [dogs] }), runtime);
    expect(grouped.card.classes?.slice(0, 3)).toEqual(["dogs", "tabby", "Egyptian cat"]);
    expect(classIndex(grouped, "n02123045")).toBe(1);
    expect(classIndex(grouped, "dog")).toBe(0);
    expect(classIndices(grouped, "n02121808")).toEqual([1, 2]);
    expect(classIndices(grouped, "n02084071")).toEqual([0]);
    expect(grouped.notes.at(-1)).toBe("dogs stands for Chihuahua; Japanese spaniel");
    const twice = classGroups({ groups: [dogs, { name: "pets", classes: [0, 1] }] });
    await expect(withTarget(model, twice, runtime)).rejects.toThrow(
      "class Chihuahua (1): expected one group, got dogs and pets",
    );
  });
});

/** Names and ids for the four classes of `convNet`. */
const wordNet = {
  names: ["tabby", "Chihuahua", "Japanese spaniel", "Egyptian cat"],
  ids: ["n02123045", "n02085620", "n02085782", "n02124075"],
};

describe("any output and position", () => {
  it("explains the classes of a pixel, which light up that place alone", async () => {
    const model = await targeted(segmenter(), outputScores({ at: { 2: 1, 3: 4 } }));
    expect(model.classCount).toBe(3);
    const { evidence, scores } = await explained(model, scene("a"), [2], "hires-cam");
    floats(evidence).forEach((value, i) => {
      const expected = i % 20 === 9 ? (floats(scores)[3 * Math.floor(i / 20) + 2] as number) : 0;
      expect(value).toBeCloseTo(expected, 4);
    });
  });

  it("explains a part of another output", async () => {
    const model = await targeted(segmenter(), outputScores({ output: "embedding", from: [1, 2] }));
    const { scores, evidence } = await explained(model, scene("a"), [0], "hires-cam");
    expect(scores.dims).toEqual([2, 1]);
    const sum = floats(evidence)
      .subarray(0, 20)
      .reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(floats(scores)[0] as number, 4);
  });

  it("is refused in one line where there is no such output, position or range", async () => {
    const refused = (options: Parameters<typeof outputScores>[0]) => targeted(segmenter(), outputScores(options));
    await expect(refused({ output: "clases" })).rejects.toThrow(/^unknown output "clases": expected one of classes, /);
    await expect(refused({ at: { 2: 4 } })).rejects.toThrow(/^position 2=4: expected one of classes \[N, 3, 4, 5\]$/);
    await expect(refused({ at: { 0: 0 } })).rejects.toThrow(/^position 0=0: expected one of/);
    await expect(refused({ from: [3, 3] })).rejects.toThrow(/^scores from 3 to 3: expected a range/);
  });
});

/** A detector [N, 2 + 3, 20]: of each place a width, a height and three class scores, as Ultralytics' are laid out. */
function detector(): Graph {
  const op = new Builder();
  const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 2, 4, 5])));
  const heads = op.Conv(features, op.constant(randomTensor([5, 2, 1, 1], "heads")));
  op.output(op.Reshape(heads, op.ints([0, 5, 20])), "boxes");
  return op.graph;
}

describe("a box", () => {
  it("is the one at a position, or for each class the one that is surest of it", async () => {
    const heads = floats(await outputOf(await opened(detector()), scene("a"), runtime));
    const surest = await targeted(detector(), outputScores({ at: { 2: "max" }, from: [2, 5] }));
    expect(surest.target).toBe("scores at 2=max");
    const found = await explained(surest, scene("a"), [0, 1, 2], "hires-cam");
    for (const i of [0, 1]) {
      for (const k of [0, 1, 2]) {
        const scores = [...heads.subarray((5 * i + 2 + k) * 20, (5 * i + 3 + k) * 20)];
        const box = scores.indexOf(Math.max(...scores));
        expect(floats(found.scores)[3 * i + k]).toBeCloseTo(scores[box] as number, 5);
        const alone = await targeted(detector(), outputScores({ at: { 2: box }, from: [2, 5] }));
        const map = floats((await explained(alone, scene("a"), [k], "hires-cam")).evidence).subarray(
          20 * i,
          20 * i + 20,
        );
        close(floats(found.evidence).subarray((3 * i + k) * 20, (3 * i + k + 1) * 20), [...map]);
        // A 1x1 convolution sees one place alone, and the score is what the features there make it.
        expect(map[box]).toBeCloseTo(scores[box] as number, 5);
        expect(map.filter((value, place) => value !== 0 && place !== box)).toHaveLength(0);
      }
    }
  });

  it("is found in a grid of cells, too, along both axes", async () => {
    const model = await targeted(segmenter(), outputScores({ at: { 2: "max", 3: "max" } }));
    const whole = floats(await outputOf(await opened(segmenter()), scene("a"), runtime));
    const { scores } = await explained(model, scene("a"), [0]);
    close(
      floats(scores),
      [0, 1, 2, 3, 4, 5].map((i) => Math.max(...whole.subarray(20 * i, 20 * i + 20))),
    );
  });
});

describe("a model whose scores have places", () => {
  const names = ["cat", "dog", "bus"];
  const named = (graph: Graph, output: string) =>
    openModel(graph, runtime, "model", { output, given: { origin: "as given", classes: names } });

  it("lends its class names to targets that have as many scores", async () => {
    const plain = await named(detector(), "boxes");
    expect(plain.card.classes).toBeUndefined();
    const box = await withTarget(plain, outputScores({ at: { 2: 3 }, from: [2, 5] }), runtime);
    expect(box.card.classes).toEqual(names);
    await expect(withTarget(plain, outputScores({ at: { 2: 3 } }), runtime)).rejects.toThrow(
      /^scores at 2=3: expected as many scores as class names, 3, got 5$/,
    );
    const segments = await withTarget(
      await named(segmenter(), "classes"),
      outputScores({ at: { 2: 0, 3: 0 } }),
      runtime,
    );
    expect(segments.card.classes).toEqual(names);
  });

  it("is explained by the features below them: a map of scores shows nothing new", async () => {
    for (const ending of ["Softmax", "Transpose", "Resize"] as const) {
      const op = new Builder(segmenter());
      const made = {
        Softmax: () => op.Softmax("classes", { axis: 1 }),
        Transpose: () => op.Transpose("classes", { perm: [0, 2, 3, 1] }),
        Resize: () =>
          op.Resize("classes", undefined, op.constant(float32([4], [1, 1, 2, 2]), "twice"), undefined, {
            mode: "linear",
          }),
      }[ending]();
      op.graph.outputs = [];
      op.output(made, "last");
      const at: Record<number, number> = ending === "Transpose" ? { 1: 2, 2: 3 } : { 2: 2, 3: 3 };
      const model = await targeted(op.graph, outputScores({ at }));
      const explainer = await createExplainer(model, { runtime });
      expect([ending, explainer.layer.name]).toEqual([ending, "features"]);
      // Whoever wants it gets it.
      const wanted = await createExplainer(model, { runtime, layer: "classes" });
      expect(wanted.layer.name).toBe("classes");
    }
    const pixel = await targeted(segmenter(), outputScores({ at: { 2: 1, 3: 1 } }));
    const difference = await withTarget(pixel, classMinus(1), runtime);
    expect((await createExplainer(difference, { runtime })).layer.name).toBe("features");
    const mask = float32([4, 5], Array(20).fill(1));
    const masked = await createExplainer(await targeted(segmenter(), maskMean(mask)), { runtime });
    expect(masked.layer.name).toBe("features");
  });
});

describe("the mean over a mask", () => {
  it("is each class's, and its evidence lies within the mask", async () => {
    const mask = float32(
      [4, 5],
      Array.from({ length: 20 }, (_, i) => +(i === 7 || i === 8)),
    );
    const { scores, evidence } = await explained(
      await targeted(segmenter(), maskMean(mask)),
      scene("a"),
      [1],
      "hires-cam",
    );
    const whole = await outputOf(await opened(segmenter()), scene("a"), runtime);
    const at = (image: number, place: number) => floats(whole)[image * 60 + 20 + place] as number;
    for (const i of [0, 1]) {
      expect(floats(scores)[3 * i + 1]).toBeCloseTo((at(i, 7) + at(i, 8)) / 2, 4);
      expect(floats(evidence)[20 * i + 7]).toBeCloseTo(at(i, 7) / 2, 4);
    }
    floats(evidence).forEach((value, i) => {
      if (![7, 8].includes(i % 20)) expect(value).toBeCloseTo(0, 6);
    });
  });

  it("wants a mask of the output's size that holds something", async () => {
    const empty = float32([4, 5], Array(20).fill(0));
    await expect(targeted(segmenter(), maskMean(empty))).rejects.toThrow(/^mask: expected some place in it, got none$/);
    const other = float32([2, 5], Array(10).fill(1));
    await expect(targeted(segmenter(), maskMean(other))).rejects.toThrow(
      /^mask: expected one of the size of an output/,
    );
  });
});

describe("similarity to another image", () => {
  it("is the cosine of both embeddings", async () => {
    const plain = await opened(segmenter());
    const output = "embedding";
    const other = float32([1, 2, 4, 5], floats(scene("b")).slice(0, 40));
    const reference = await outputOf(plain, other, runtime, { output });
    const model = await withTarget(plain, similarityTo(reference, { output }), runtime);
    const { scores, maps, classes } = await explained(model, scene("a"), [0]);
    const own = floats(await outputOf(plain, scene("a"), runtime, { output }));
    const [r0, r1] = floats(reference) as unknown as [number, number];
    for (const i of [0, 1]) {
      const [a, b] = [own[2 * i] as number, own[2 * i + 1] as number];
      expect(floats(scores)[i]).toBeCloseTo((a * r0 + b * r1) / Math.hypot(a, b) / Math.hypot(r0, r1), 5);
    }
    expect(maps.dims).toEqual([2, 1, 4, 5]);
    expect(classes).toEqual([[0], [0]]);
    const same = await explained(model, float32([2, 2, 4, 5], [...floats(other), ...floats(other)]), [0]);
    close(floats(same.scores), [1, 1]);
  });
});

describe("a graph function of one's own", () => {
  it("is explained like any class, by every kind of method", async () => {
    const target: Target = {
      title: "the largest feature, squared",
      classes: ["largest"],
      build: (op) => op.Flatten(op.Pow(op.ReduceMax("features", op.ints([1, 2, 3]), { keepdims: 0 }), op.scalar(2))),
    };
    const model = await targeted(segmenter(), {
      ...target,
      build: (op, of) => op.Unsqueeze(op.Squeeze(target.build(op, of), op.ints([1])), op.ints([1])),
    });
    for (const method of ["hires-cam", "gradient", "integrated-gradients", "full-grad"]) {
      const explainer = await createExplainer(model, { runtime, method });
      const { evidence, scores } = await explainer.explain(scene("a"));
      const peak = Math.max(...floats(scene("a")).subarray(0, 40));
      expect(floats(scores)[0]).toBeCloseTo(peak * peak, 4);
      expect(evidence.dims).toEqual([2, 1, 4, 5]);
    }
    await expect(createExplainer(model, { runtime, method: "finer-cam" })).rejects.toThrow(
      /^finer-cam: expected two classes or more to tell apart, got one score/,
    );
  });

  it("finds the surest box over a pixel, its class times its objectness", async () => {
    // Three boxes [N, 3, 5 + 2] of centre, size, objectness and classes; only what they say of the classes depends on the picture.
    const op = new Builder();
    const features = op.named("features", op.Relu(op.input("x", "float32", ["N", 2, 4, 5])));
    const rows = [2, 2, 2, 2, 0.9, 6, 2, 4, 2, 0.5, 6, 2, 1, 1, 0.8];
    const places = op.Expand(
      op.constant(float32([1, 3, 5], rows)),
      op.Concat(op.Shape("x", { end: 1 }), op.ints([3, 5]), { axis: 0 }),
    );
    const heads = op.constant(randomTensor([2, 6], "heads"));
    const classes = op.Sigmoid(op.MatMul(op.Flatten(op.GlobalAveragePool(features)), heads));
    op.output(op.Concat(places, op.Reshape(classes, op.ints([0, 3, 2])), { axis: 2 }), "output");
    const boxAt = (x: number, y: number): Target => ({
      title: `the surest box over ${x}, ${y}`,
      build(op) {
        const part = (from: number, to: number) => op.Slice("output", op.ints([from]), op.ints([to]), op.ints([2]));
        const away = op.Abs(op.Sub(part(0, 2), op.constant(float32([1, 1, 2], [x, y]))));
        const over = op.ReduceMin(op.Cast(op.Less(away, op.Mul(part(2, 4), op.scalar(0.5))), { to: 1 }), op.ints([2]));
        const scores = op.Mul(op.Mul(part(5, 7), part(4, 5)), over);
        return op.ReduceMax(scores, op.ints([1]), { keepdims: 0 });
      },
    });
    const all = floats(await outputOf(await opened(op.graph), scene("a"), runtime, { output: "output" }));
    const sure = (box: number, k: number) => (all[box * 7 + 4] as number) * (all[box * 7 + 5 + k] as number);
    for (const [x, y, over] of [
      [2, 2, [0]],
      [4.5, 2, [1]],
      [6, 2, [1, 2]],
      [6, 2.8, [1]],
    ] as const) {
      const { scores, evidence } = await explained(await targeted(op.graph, boxAt(x, y)), scene("a"), [1]);
      const expected = [0, 1].map((k) => Math.max(...over.map((box) => sure(box, k))));
      close(floats(scores).subarray(0, 2), expected);
      expect(Math.max(...floats(evidence).map(Math.abs))).toBeGreaterThan(0);
    }
  });

  it("has to be [N, K]", async () => {
    const target: Target = { title: "features", build: (op) => op.Relu("features") };
    await expect(targeted(segmenter(), target)).rejects.toThrow(
      /^features: expected scores \[N, K\], got \[N, 2, 4, 5\]$/,
    );
  });
});
