/** @file What a network itself gives for each place: its map, or which places are alike for an embedding; and what makes two pictures similar. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shapesModelPath } from "../../src/explain/node.js";
import { chooseLayer } from "../../src/model/layers/choose-layer.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../src/onnx/graph.js";
import { prune } from "../../src/onnx/prune.js";
import { float32 } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { createNodeRuntime } from "../../src/runtime/node.js";
import { hasBrowser } from "../support/browser/browser.js";
import { heatChecksum, studioForTests, untilHeatChanges } from "../support/browser/studio.js";

/** The page's own network of shapes with another end. */
async function shapesWith(
  name: string,
  append: (op: Builder, features: Value) => void,
): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const model = await openModel(readFileSync(shapesModelPath), createNodeRuntime(), "shapes");
  const graph: Graph = { ...copyGraph(model.graph), outputs: [], metadata: new Map() };
  const op = new Builder(graph);
  append(op, chooseLayer(model, "auto").name);
  const cut = prune(
    op.graph,
    op.graph.outputs.map((each) => each.name),
  );
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(writeModel(cut)) };
}

describe.skipIf(!hasBrowser)("what a network itself gives", { timeout: 60_000 }, () => {
  const studio = studioForTests({ path: "#sample=shapes" });
  const answer = () => studio.page.getByTestId("answer").first().innerText();

  it("is, of an embedding, which places are alike", async () => {
    const file = await shapesWith("embedding.onnx", (op, features) => {
      op.output(op.ReduceMean(features, op.ints([2, 3]), { keepdims: 0 }), "image_embeds");
    });
    await untilHeatChanges(studio.page, () => studio.give(file));
    await expect.poll(answer).toContain("Places that are alike");
    expect(await answer()).toMatch(/red\s*\d+ %\s*green\s*\d+ %\s*blue\s*\d+ %/);
    const colours = await studio.page.locator('[data-testid="heat"]').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
        0,
        0,
        canvas.width,
        canvas.height,
      );
      const all = Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join());
      return new Set(all).size;
    });
    expect(colours).toBeGreaterThan(10);
  });

  it("gives way to what makes the picture similar to another one", async () => {
    await studio.page.getByRole("button", { name: "Explain its vector" }).click();
    const before = await heatChecksum(studio.page);
    await studio.page.getByLabel("Similar to").selectOption({ index: 1 });
    await expect.poll(() => studio.page.getByTestId("answer").nth(1).innerText()).toMatch(/likeness to .*\n?0\.\d+/);
    await expect.poll(() => heatChecksum(studio.page)).not.toBe(before);
    await studio.page.getByRole("button", { name: "Show places that are alike" }).click();
    await expect.poll(answer).toContain("Places that are alike");
  });

  it("is a map that the network gives, with its scale, until what raises it is asked for", async () => {
    const file = await shapesWith("anomaly.onnx", (op, features) => {
      const kernel = op.constant(
        float32(
          [1, 32, 1, 1],
          Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 3 : -2)),
        ),
      );
      op.output(op.Sigmoid(op.Conv(features, kernel)), "anomaly_map");
    });
    await untilHeatChanges(studio.page, () => studio.give(file));
    await expect.poll(answer).toContain("Its own map");
    await expect.poll(() => studio.page.getByText("of anomaly_map").count()).toBe(1);
    await untilHeatChanges(studio.page, () => studio.page.getByRole("button", { name: "What raises it?" }).click());
    expect(await studio.page.evaluate(() => location.hash)).toContain("own=false");
    await studio.page.getByRole("button", { name: "Show its own map" }).click();
    await studio.page.locator('[data-testid="layers"] li:nth-child(2) button').click();
    await expect.poll(answer).not.toContain("Its own map");
    await studio.page.getByRole("button", { name: "Show its own map" }).click();
    await expect.poll(answer).toContain("Its own map");
    expect(studio.errors).toEqual([]);
  });
});
