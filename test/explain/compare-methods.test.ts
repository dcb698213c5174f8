/** @file All methods on one image: order, budgets, failures, and what breaks it off. */

import { describe, expect, it } from "vitest";
import {
  type ComparedMethod,
  type CompareMethodsOptions,
  cheapestFirst,
  compareMethods,
  methodOptions,
  type OpenExplainer,
} from "../../src/explain/compare-methods.js";
import { createExplainer } from "../../src/explain/explainer.js";
import { methodNamed, methods } from "../../src/explain/methods/index.js";
import type { Explainer } from "../../src/explain/options.js";
import { openModel } from "../../src/model/open.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";
import { convNet, images } from "./architectures/networks.js";

const model = await openModel(convNet(), runtime);
const open: OpenExplainer = (options) => createExplainer(model, { ...options, runtime });
const some = ["grad-cam", "attention-rollout", "score-cam", "gradient"].map(methodNamed);

async function compare(options: CompareMethodsOptions, opening = open): Promise<ComparedMethod[]> {
  const all: ComparedMethod[] = [];
  for await (const each of compareMethods(opening, images(1), { methods: some, ...options })) all.push(each);
  return all;
}

describe("compareMethods(open, images)", () => {
  it("gives each method's explanation in turn, and the reason where one does not work", async () => {
    const compared = await compare({ classes: [2, 1] });
    expect(compared.map(({ method }) => method)).toEqual(some);
    expect(compared.map(({ error }) => error?.code)).toEqual([undefined, "bad-graph", undefined, undefined]);
    const [first] = compared;
    const alone = await createExplainer(model, { runtime, method: "grad-cam" });
    expect(first?.explanation).toEqual(await alone.explain(images(1), { classes: [2, 1] }));
    expect(first?.milliseconds).toBeGreaterThan(0);
  });

  it.runIf(everything)(
    "goes through all methods if none are named, and says after each how many are done",
    async () => {
      const done: string[] = [];
      const progress = (ran: number, total: number) => done.push(`${ran} of ${total}`);
      const compared = await compare({ methods, quick: { samples: 2, topChannels: 1 }, explaining: {}, progress });
      expect(compared).toHaveLength(methods.length);
      expect(done.at(-1)).toBe(`${methods.length} of ${methods.length}`);
      expect(compared.flatMap(({ method, error }) => (error ? [method.name] : []))).toEqual([
        "attention-rollout",
        "gradient-attention",
        "legrad",
      ]);
    },
  );

  it("keeps one explainer open at a time, until the next is asked for", async () => {
    const opened: Explainer[] = [];
    let closed = 0;
    const counting: OpenExplainer = async (options) => {
      const explainer = await open(options);
      const close = async () => {
        closed++;
        await explainer.close();
      };
      opened.push({ ...explainer, close });
      return { ...explainer, close };
    };
    for await (const { error } of compareMethods(counting, images(1), { methods: some }))
      if (!error) expect(opened.length - closed).toBe(1);
    expect(closed).toBe(opened.length);
  });

  it("runs again what was quick, so that opening sessions is not billed", async () => {
    let runs = 0;
    const counting: OpenExplainer = async (options) => {
      const explainer = await open(options);
      return {
        ...explainer,
        explain: (...args) => {
          runs++;
          return explainer.explain(...args);
        },
      };
    };
    await compare({ methods: some.slice(0, 1), repeatUpTo: 60_000 }, counting);
    expect(runs).toBe(2);
    await compare({ methods: some.slice(0, 1), repeatUpTo: 0 }, counting);
    expect(runs).toBe(3);
  });

  it("is broken off by its signal with the reason, and goes on to no other method", async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const all = async () => {
      for await (const { method } of compareMethods(open, images(1), { methods: some, signal: controller.signal })) {
        seen.push(method.name);
        controller.abort(new Error("enough"));
      }
    };
    await expect(all()).rejects.toThrow("enough");
    expect(seen).toEqual(["grad-cam"]);
  });
});

describe("what a method gets of the options for all", () => {
  const options = { layer: "features", topChannels: 7, samples: 9, seed: 3 };

  it("is what it takes", () => {
    expect(methodOptions(methodNamed("score-cam"), options)).toEqual(options);
    expect(methodOptions(methodNamed("grad-cam"), options)).toEqual({ layer: "features", samples: 9, seed: 3 });
    expect(methodOptions(methodNamed("rise"), options)).toEqual({ samples: 9, seed: 3 });
  });

  it("is its quick budget where nothing is said, or another for those that have one", () => {
    expect(methodOptions(methodNamed("rise"), {})).toEqual({ samples: 500 });
    expect(methodOptions(methodNamed("rise"), {}, { samples: 20, topChannels: 3 })).toEqual({ samples: 20 });
    expect(methodOptions(methodNamed("ss-cam"), {})).toEqual({ topChannels: 32 });
    expect(methodOptions(methodNamed("smooth-grad"), {}, { samples: 20 })).toEqual({});
  });
});

it("cheapestFirst puts methods of one graph before those of samples, and these before those of passes", () => {
  const kind = (name: string) => {
    const method = methodNamed(name);
    return "plan" in method ? 2 : "build" in method ? 0 : 1;
  };
  const kinds = cheapestFirst().map(({ name }) => kind(name));
  expect(kinds).toEqual([...kinds].sort());
  expect(kinds).toHaveLength(methods.length);
  expect(
    cheapestFirst(some)
      .map(({ name }) => name)
      .at(-1),
  ).toBe("score-cam");
});
