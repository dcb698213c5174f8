/** @file Rows, sentences and code of "How it works", without a browser. */

import { describe, expect, it } from "vitest";
import { readOff, readWeights, writeOff, writeWeights } from "../../../web/src/why/change.js";
import { type CodeSubject, pytorchOf, typescriptOf } from "../../../web/src/why/code.js";
import { type ChannelsView, rules } from "../../../web/src/why/engine/api.js";
import { inOrder, rowsOf, sumOf, termsAt } from "../../../web/src/why/rows.js";
import {
  addsUp,
  cellSentence,
  decimalsFor,
  effectSentence,
  fixed,
  inCell,
  signed,
  whatIsMissing,
} from "../../../web/src/why/words.js";

/** Three channels of 1x2 places, and two more together. */
const view: ChannelsView = {
  request: { picture: 0, rule: "grad-cam", layer: "auto", target: 1 },
  layer: { name: "relu", op: "Relu", channels: 5, height: 1, width: 2, reason: "" },
  otherTokens: undefined,
  box: { x: 0, y: 0, width: 2, height: 1 },
  size: { width: 2, height: 1 },
  ground: "rgb(0 0 0)",
  input: { width: 4, height: 2 },
  scores: Float32Array.of(0, 6.5),
  probabilities: Float32Array.of(0.1, 0.9),
  ending: "softmax",
  predicted: 1,
  target: 1,
  channels: Uint32Array.of(0, 2, 7),
  activation: Float32Array.of(1, 2, 3, 0, 0, 1),
  gradient: Float32Array.of(1, 1, 2, 2, -3, -3),
  weights: Float32Array.of(1, 2, -3),
  perPlace: false,
  peaks: { activation: 3, gradient: -3 },
  pair: undefined,
  rest: { count: 2, evidence: Float32Array.of(0.25, 0.25) },
  evidence: Float32Array.of(7.25, -0.75),
  uniform: true,
  score: { score: 6.5, without: 0, sum: 6.5 },
  linear: true,
};
const unchanged = { off: new Set<number>(), weights: new Map<number, number>() };
const names = (rows: readonly { readonly channel: number }[]) => rows.map(({ channel }) => channel);

describe("the rows", () => {
  it("have what each channel adds, and add up to the evidence", () => {
    const rows = rowsOf(view, unchanged);
    expect(rows.map(({ part }) => part)).toEqual([3, 6, -3, 0.5]);
    expect([...sumOf(rows, 2)]).toEqual([...view.evidence]);
  });

  it("come by what they add, by weight or by number, and the others always last", () => {
    const ordered = (order: "part" | "weight" | "channel") => names(inOrder(rowsOf(view, unchanged), order, view));
    expect(ordered("part")).toEqual([2, 0, 7, -1]);
    expect(ordered("weight")).toEqual([2, 0, 7, -1]);
    expect(ordered("channel")).toEqual([0, 2, 7, -1]);
  });

  it("do not change places when a weight changes, and add nothing when they are off", () => {
    const rows = inOrder(rowsOf(view, { off: new Set([2]), weights: new Map([[7, 100]]) }), "part", view);
    expect(names(rows)).toEqual([2, 0, 7, -1]);
    expect(rows.map(({ part }) => part)).toEqual([0, 3, 100, 0.5]);
    expect([...sumOf(rows, 2)]).toEqual([1.25, 102.25]);
  });

  it("tell what a place is made of, the largest first", () => {
    expect(cellSentence(termsAt(rowsOf(view, unchanged), 0, 2), 2)).toBe(
      "7.25 = +6.00 (#2) +1.00 (#0) +0.25 (2 others)",
    );
    expect(cellSentence(termsAt(rowsOf(view, unchanged), 1), 2)).toBe("−0.75 = −3.00 (#7) +2.00 (#0) +0.25 (2 more)");
    expect(cellSentence(termsAt([], 1), 2)).toBe("0.00 = 0");
  });
});

describe("what a channel speaks for", () => {
  const named = (losses: readonly number[]) =>
    effectSentence({ channel: 24, losses: Float32Array.from(losses) }, (index) => "abcd"[index] ?? "");

  it("are the classes that lose most without it, and those that gain", () => {
    expect(named([3, -1, 2, 0])).toBe("#24 speaks most for “a” (+3.00) and “c” (+2.00), and against “b” (−1.00).");
    expect(named([3, 0.01, 0, 0])).toBe("#24 speaks most for “a” (+3.00).");
    expect(named([0, 0])).toBe("#24 changes no score.");
  });
});

describe("numbers", () => {
  it("have a true minus sign, and none before zero", () => {
    expect([fixed(-0.001, 2), fixed(-1.5, 1), signed(0.731, 2), signed(0, 2)]).toEqual(["0.00", "−1.5", "+0.73", "0"]);
  });

  it("are short in a cell, with as many decimals as the largest needs", () => {
    expect([inCell(0.641, 2), inCell(-0.641, 2), inCell(1.2, 1), inCell(0.001, 2)]).toEqual([
      ".64",
      "−.64",
      "1.2",
      "0",
    ]);
    expect([decimalsFor(3.11, 3), decimalsFor(0.0188, 3), decimalsFor(1234, 2), decimalsFor(0, 3)]).toEqual([
      2, 4, 0, 0,
    ]);
  });
});

describe("a change in the address", () => {
  it("is read as it was written", () => {
    const [off, weights] = [
      new Set([24, 3]),
      new Map([
        [24, -0.0123],
        [3, 2e-7],
      ]),
    ];
    expect(readOff(writeOff(off))).toEqual(off);
    expect(readWeights(writeWeights(weights))).toEqual(weights);
    expect([writeOff(new Set()), writeWeights(new Map())]).toEqual(["", ""]);
  });

  it("is nothing where it makes no sense", () => {
    expect([...readOff("a..-1")]).toEqual([]);
    expect([...readWeights("3:x_:1_4:1e999_5")]).toEqual([]);
  });
});

describe("what is missing", () => {
  const missing = (change: Partial<ChannelsView>) => whatIsMissing({ ...view, ...change });
  const score = { score: 9, without: 0, sum: 6.5 };

  it("is nothing where the numbers add up", () => {
    expect(addsUp(view)).toBe(true);
    expect(missing({})).toBeUndefined();
  });

  it("is named by its cause", () => {
    expect(missing({ score, linear: false })).toMatch(/^More layers follow/);
    expect(missing({ score, uniform: false })).toMatch(/the mean α loses that/);
    expect(missing({ score, linear: false, otherTokens: 1 })).toMatch(/1 token outside the grid/);
    expect(missing({ score, request: { ...view.request, rule: "layer-cam" } })).toMatch(/^Layer-CAM weighs by a rule/);
  });
});

describe("the code", () => {
  const subject: CodeSubject = {
    steps: view,
    rows: rowsOf(view, unchanged),
    model: 'my "net".onnx',
    picture: "a drawn 0",
    className: () => "cat\n",
  };

  it("has the numbers of the moment, and names as strings", () => {
    const [typescript, pytorch] = [typescriptOf(subject), pytorchOf(subject)];
    expect(typescript).toContain(String.raw`loadModel("my \"net\".onnx")`);
    expect(typescript).toContain('readImage("a drawn 0.png")');
    expect(typescript).toContain("#2 +2.00, #0 +1.00, #7 −3.00");
    expect(pytorch).toContain(String.raw`y = scores[1]  # "cat\n": 6.5000`);
    expect(pytorch).toContain("1 of 2 places become 0");
  });

  it("differs by the rule in step 3", () => {
    const programs = rules.map((rule) =>
      pytorchOf({ ...subject, steps: { ...view, request: { ...view.request, rule } } }),
    );
    expect(new Set(programs.map((text) => text.match(/^alpha = .*$/m)?.[0])).size).toBe(rules.length);
  });

  it("explains the difference of two classes, evidence against, and tokens", () => {
    const request = { ...view.request, minus: 0, against: true };
    const steps = { ...view, request, otherTokens: 1 };
    expect(typescriptOf({ ...subject, steps })).toContain("explaining(classMinus(0))");
    expect(typescriptOf({ ...subject, steps })).toContain("against: true");
    expect(pytorchOf({ ...subject, steps })).toContain("y = -(scores[1] - scores[0])");
    expect(pytorchOf({ ...subject, steps })).toContain("t[:, 1:].transpose(1, 2).reshape(1, 5, 1, 2)");
  });
});
