/** @file What the page's address holds, and which files belong together. */

import { describe, expect, it } from "vitest";
import { classesOf, sortFiles } from "../../../web/src/shell/open/files.js";
import { readProvider } from "../../../web/src/shell/open/given.js";
import { firstView, linkTo, readView, textsOfView, type View } from "../../../web/src/shell/view.js";

describe("the link to a view", () => {
  it("is empty for the first view", () => {
    expect(linkTo(firstView)).toBe("");
    expect(readView("")).toEqual(firstView);
  });

  it("leads back to the view, whatever it is", () => {
    const view: View = {
      tab: "audit",
      why: "trust",
      audit: "repair",
      sample: "digits",
      texts: "a dog\nun café",
      recipe: "caffe",
      layer: "stage3/1 & more",
      method: "layer-cam",
      baseline: "pictures",
      target: 7,
      minus: 0,
      against: true,
      mode: "swipe",
      opacity: 0.25,
      colormap: "viridis",
      top: 20,
      contours: true,
      signed: true,
      own: false,
      similar: 2,
      scale: "common",
      picture: 3,
      drawing: true,
      level: "story",
      order: "channel",
      off: "3.24",
      weights: "5:-0.01_7:1e-7",
    };
    expect(readView(`#${linkTo(view)}`)).toEqual(view);
  });

  it.each([
    ["look", { tab: "see" }],
    ["draw", { tab: "see", drawing: true }],
    ["how", { tab: "why" }],
    ["learn", { tab: "train" }],
    ["data", { tab: "audit" }],
    ["improve", { tab: "audit", audit: "repair" }],
  ] as const)("reads %s, the name that a tab had before", (name, expected) => {
    expect(readView(`#tab=${name}`)).toEqual({ ...firstView, ...expected });
  });

  it("holds texts, each once and without blank ones; none for those that a model is asked at first", () => {
    const texts = (fragment: string) => textsOfView(readView(fragment));
    expect(texts("#texts=a+dog%0A%0A+a+cat+%0Aa+dog")).toEqual(["a dog", "a cat"]);
    expect([texts(""), texts("#texts=%0A")]).toEqual([undefined, undefined]);
    expect(texts(`#texts=${"x".repeat(9000)}`)?.[0]?.length).toBe(2000);
  });

  it("is read without what makes no sense", () => {
    const nonsense =
      "tab=no&target=-1&minus=x&mode=3&opacity=2&top=0&colormap=pink&scale=all&contours=yes&other=1&picture=-1&level=all&order=size&off=a.b&weights=3:x";
    expect(readView(nonsense)).toEqual(firstView);
  });
});

describe("sortFiles(found)", () => {
  const found = (...paths: string[]) =>
    paths.map((path) => ({ path, file: new File([], path.split("/").at(-1) as string) }));
  const sorted = (...paths: string[]) => {
    const { model, images, idx, others } = sortFiles(found(...paths));
    const names = (files: readonly File[]) => files.map(({ name }) => name);
    return [names(model), images.map(({ path }) => path), names(idx), names(others)];
  };

  it("takes a model with what may belong to it", () => {
    const paths = ["net.onnx", "net.onnx.data", "labels.txt", "a.png", "notes.pdf"];
    expect(sorted(...paths)).toEqual([["net.onnx", "net.onnx.data", "labels.txt"], ["a.png"], [], ["notes.pdf"]]);
  });

  it("keeps texts that may tell of the open model, whatever they are called", () => {
    const { beside, others } = sortFiles(found("my classes.names", "a.csv", "b.py", "c.bin"));
    expect([beside, others].map((files) => files.map(({ name }) => name))).toEqual([
      ["my classes.names", "a.csv", "b.py"],
      ["c.bin"],
    ]);
  });

  it("takes nothing for a model's where there is none", () => {
    expect(sorted("labels.txt", "cat/a.JPG")).toEqual([[], ["cat/a.JPG"], [], []]);
  });

  it("takes files in the format of MNIST, packed or not, and leaves out hidden ones", () => {
    const paths = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte", ".git/a.png", "__MACOSX/b.png"];
    expect(sorted(...paths)).toEqual([[], [], ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"], []]);
  });

  it("takes a protocol by its name among others, and any JSON file that comes alone", () => {
    const protocols = (...paths: string[]) => sortFiles(found(...paths)).protocols.map(({ name }) => name);
    expect(protocols("net.onnx", "net.onnx.improve.json", "config.json")).toEqual(["net.onnx.improve.json"]);
    expect(sorted("net.onnx", "net.onnx.improve.json")).toEqual([["net.onnx"], [], [], []]);
    expect(protocols("p.json")).toEqual(["p.json"]);
    expect(protocols("cat/a.png", "boxes.json")).toEqual([]);
    expect(protocols("model.json")).toEqual([]);
  });

  it("knows an image by its type, too", () => {
    const file = new File([], "pasted", { type: "image/png" });
    expect(sortFiles([{ file, path: "pasted" }]).images).toHaveLength(1);
  });

  it("finds classes in folders only where there are several", () => {
    expect(classesOf(found("pets/cat/1.jpg", "pets/dog/1.jpg"))).toEqual(["cat", "dog"]);
    expect(classesOf(found("pets/1.jpg", "pets/2.jpg"))).toEqual([undefined, undefined]);
  });
});

it("readProvider(search) takes the two that there are", () => {
  expect(["?provider=wasm", "?provider=webgpu", "?provider=cuda", ""].map(readProvider)).toEqual([
    "wasm",
    "webgpu",
    undefined,
    undefined,
  ]);
});
