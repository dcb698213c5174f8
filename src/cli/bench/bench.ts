/** @file Measures the cost of explanations and prints it. */

import type { LoadedModel } from "../../explain/loaded-model.js";
import { type Cost, type MeasureCostOptions, measureCost } from "../../explain/prove/cost.js";
import { describeLayer } from "../../model/layers/layer.js";
import { untouchedModel } from "../../model/node.js";
import type { NodeDevice } from "../../runtime/devices/device.js";
import { presentDevices } from "../../runtime/devices/present-devices.js";
import type { Runtime } from "../../runtime/session.js";
import { modelAt } from "../inputs/models.js";
import { devicesFrom } from "../options/device-option.js";
import { type LayerFlags, layerOptions, loadOptions, type ModelOptions } from "../options/model-options.js";
import { onOtherDevice } from "../platform.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, print, printJson, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

export interface BenchFlags extends ModelOptions, LayerFlags {
  readonly method: string;
  readonly batch: readonly number[];
  readonly pairs: number;
  readonly json?: boolean;
}

/** What was measured on a device. */
interface Measured {
  readonly device: NodeDevice;
  /** As reports call it. */
  readonly runtime: string;
  readonly costs: readonly Cost[];
}

/** @returns the exit code */
export async function bench(job: Job, path: string, flags: BenchFlags): Promise<number> {
  const { method } = flags;
  const asked = devicesFrom(flags);
  const { present, absent } = await presentDevices(asked);
  for (const reason of absent) note(`${reason}; not measured`);
  const code = asked !== undefined && absent.length > 0 ? exitCodes.partly : exitCodes.done;
  const { name, model, file } = await modelAt(job, path, await loadOptions(flags));
  const source = await untouchedModel(file);
  const all: Measured[] = [];
  for (const device of present)
    all.push(await onOtherDevice(device, (runtime) => measure(model, { device, runtime, source }, flags)));
  const [first, ...others] = all;
  if (job.format === "json") {
    const one = others.length === 0 && first !== undefined;
    printJson({ model: path, method, ...(one ? { runtime: first.runtime, costs: first.costs } : { devices: all }) });
    return code;
  }
  const layer = first?.costs[0]?.layer;
  const runtimes = all.map(({ runtime }) => runtime).join(", ");
  if (layer) print(`${name}: ${method} at layer ${layer.name} (${describeLayer(layer)}), ${runtimes}`);
  if (first) printLines(others.length === 0 ? tableOfOne(first.costs) : tableOfMany(all));
  return code;
}

/** The device, its runtime, and the untouched file. */
interface MeasuredOn {
  readonly device: NodeDevice;
  readonly runtime: Runtime;
  readonly source: MeasureCostOptions["source"];
}

async function measure(
  model: LoadedModel,
  { device, runtime, source }: MeasuredOn,
  flags: BenchFlags,
): Promise<Measured> {
  const { method, pairs, batch: sizes } = flags;
  const costs = [];
  for (const batch of sizes) {
    note(`measuring batch ${batch}${device === "cpu" ? "" : ` on ${device}`} ...`);
    costs.push(await measureCost(model, { runtime, source, method, batch, pairs, ...layerOptions(flags) }));
  }
  return { device, runtime: runtime.name, costs };
}

function tableOfOne(costs: readonly Cost[]): string[] {
  return table(["batch", "inference ms", "explanation ms", "ratio", "quartiles"], costs.map(cellsOf));
}

/** The last column: how many times as fast as the first device explains. */
function tableOfMany(all: readonly Measured[]): string[] {
  const [first] = all;
  const rows = all.flatMap(({ device, costs }) =>
    costs.map((cost, i) => [
      device,
      ...cellsOf(cost),
      `${((first?.costs[i]?.second ?? Number.NaN) / cost.second).toFixed(2)}x`,
    ]),
  );
  const heads = ["device", "batch", "inference ms", "explanation ms", "ratio", "quartiles", `of ${first?.device}`];
  return table(heads, rows);
}

function cellsOf({ batch, first, second, ratio, low, high }: Cost): (string | number)[] {
  return [batch, first.toFixed(2), second.toFixed(2), ratio.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`];
}
