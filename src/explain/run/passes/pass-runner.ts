/** @file Explains images by a method of many forward passes: plans them, runs them, and makes the map of what they measured. */

import type { Layer } from "../../../model/layers/layers.js";
import { gridOf } from "../../../model/layers/layout.js";
import type { Model } from "../../../model/model.js";
import { joined, putTogether, rowsOf, singleImages } from "../../../model/run/batches.js";
import { checkFinite, own } from "../../../model/run/classifier.js";
import { worthRepackingForOne } from "../../../model/run/repack.js";
import type { Graph } from "../../../onnx/graph.js";
import { float32, floats, int64, numbers, sizeOf, type Tensor } from "../../../onnx/tensor.js";
import type { Session } from "../../../runtime/session.js";
import type { PassMethod, PassPlan } from "../../method.js";
import type { ExplainerOptions, RunOptions } from "../../options.js";
import type { Results, Runner } from "../runner.js";
import { chooseChannels } from "./choose-channels.js";
import { fixedBatch, MaskedRuns, type PassStart, plannedRows, repeated } from "./masked-runs.js";
import { passGraphs } from "./pass-graphs.js";

export function passRunner(model: Model, layer: Layer, method: PassMethod, options: ExplainerOptions): Runner {
  const {
    runtime,
    against = false,
    include = [],
    eigenSmooth = false,
    seed = 1,
    samples = method.samples ?? 1,
    topChannels,
  } = options;
  const graphs = passGraphs(model, layer, method, { against, include, eigenSmooth, samples });
  const sessions = new Map<Graph, Promise<Session>>();
  const runs = new MaskedRuns(model, graphs, runGraph);

  async function runGraph(graph: Graph, feeds: Results): Promise<Results> {
    const repack = graph !== graphs.whole || worthRepackingForOne(graph);
    const session = sessions.get(graph) ?? runtime.open(graph, { repack });
    sessions.set(graph, session);
    return (await session).run(feeds);
  }

  /** @returns a result for each class */
  async function explain(image: Tensor, wanted: readonly number[], watched: RunOptions): Promise<Results[]> {
    watched.signal?.throwIfAborted();
    const found = await runGraph(graphs.whole, { [model.input.name]: repeated(image, 0, fixedBatch(model) ?? 1) });
    const of = (name: string) => rowsOf(found[own(name)] as Tensor, 0, 1);
    const answers = { scores: of("scores"), probabilities: of("probabilities"), predicted: of("predicted") };
    const [top] = numbers(answers.predicted) as [number];
    const classes = wanted.map((choice) => (choice < 0 ? top : choice));
    const looked = method.at === "image" ? undefined : chooseChannels(floats(of("energy")), topChannels);
    const channels = looked?.channels ?? [];
    const one = method.masks === "image" ? image : rowsOf(found[layer.name] as Tensor, 0, 1);
    const { height, width } = gridOf(graphs.masked.layout, one.dims) as { height: number; width: number };
    const plan = method.plan({ channels, height, width, samples, seed });
    const measured = floats(answers[graphs.measures]);
    const activation = of("planes");
    const start: PassStart = {
      image,
      around: Object.fromEntries(graphs.around.map((name) => [name, found[name] as Tensor])),
      feeds: named({
        ...plan.shared,
        one,
        activation,
        size: int64([height, width]),
        class: int64(classes),
        channels: int64(channels),
        base: float32(
          [1, classes.length],
          Float32Array.from(classes, (index) => measured[index] as number),
        ),
      }),
    };
    const once = {
      ...answers,
      ...(include.includes("activation") ? { activation } : {}),
      ...(topChannels === undefined ? {} : { neglected: float32([1], [looked?.neglected ?? 0]) }),
    };
    const each = Object.entries(await maps(start, plan, [classes.length, 1, height, width], watched));
    return classes.map((index, k) => ({
      ...named({ ...once, explained: int64([index]) }),
      ...Object.fromEntries(each.map(([name, tensor]) => [name, rowsOf(tensor, k, 1)])),
    }));
  }

  /**
   * Evidence, map and weights of all classes, a row for each.
   * @param sizes of the evidence, where it is a sum over passes
   */
  async function maps(
    start: PassStart,
    plan: PassPlan,
    sizes: readonly number[],
    { progress, signal }: RunOptions,
  ): Promise<Results> {
    const combined = (first: number, count: number, values: Tensor, before: Tensor) => {
      const rows = plannedRows(
        plan,
        Array.from({ length: count }, (_, i) => first + i),
      );
      return runGraph(graphs.combine, { ...start.feeds, ...rows, ...named({ values, before }) });
    };
    let before = float32(sizes, new Float32Array(sizeOf(sizes)));
    const measured: Tensor[] = [];
    let made: Results | undefined;
    for await (const { first, count, values } of runs.of(start, plan)) {
      measured.push(values);
      if (method.additive) {
        made = await combined(first, count, values, before);
        before = made[own("evidence")] as Tensor;
      }
      progress?.(first + count, plan.count);
      signal?.throwIfAborted();
    }
    return made ?? combined(0, plan.count, joined(measured), before);
  }

  return {
    graphs,
    async run(images, classes, watched) {
      checkFinite(images);
      const all = singleImages(images);
      const parts: Results[][] = [];
      for (const [i, image] of all.entries()) {
        const told = (done: number, total: number) => watched.progress?.(i * total + done, all.length * total);
        const wanted = classes.map((row) => row[i] as number);
        parts.push(await explain(image, wanted, { ...watched, progress: told }));
      }
      return putTogether(parts);
    },
    async close() {
      // What could not be opened was told when it was asked for.
      for (const session of sessions.values()) await (await session.catch(() => undefined))?.close();
      sessions.clear();
    },
  };
}

function named(tensors: Readonly<Record<string, Tensor>>): Results {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [own(name), tensor]));
}
