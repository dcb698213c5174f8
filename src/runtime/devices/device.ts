/** @file The devices that compute on Node: their names, and what onnxruntime is told to take each. */

import { shortened, unknownName } from "../../foundation/error.js";
import type { Graph, GraphNode } from "../../onnx/graph.js";

/** A device by name; `auto` is a graphics card where there is one, else the processor. `cuda:1` is the second card. */
export type NodeDevice = "auto" | "cpu" | "cuda" | `cuda:${number}` | "webgpu" | "coreml" | "dml";

/** An execution provider of onnxruntime with its options, as plain data. */
export interface Provider {
  readonly name: string;
  readonly deviceId?: number;
  readonly coreMlFlags?: number;
  readonly forceCpuNodeNames?: readonly string[];
}

/** What the process that tries a device answers. */
export interface Tried {
  /** The providers that onnxruntime has on this system, installed or not. */
  readonly offered: readonly string[];
  /** Why it does not compute, in onnxruntime's words; undefined where it does. */
  readonly refusal?: string | undefined;
}

/** A kind of device besides the processor. */
export interface DeviceKind {
  readonly name: "cuda" | "dml" | "webgpu" | "coreml";
  readonly inWords: string;
  /** `auto` takes it where it is there. */
  readonly automatic: boolean;
  /**
   * The largest difference of a map from the processor's, relative to the map's largest value, that `fovea check` lets pass. All cards
   * add in another order.
   */
  readonly tolerance: number;
  /** Whether a node is one that it takes and then cannot run, which would leave the whole session to the processor. Default: none is. */
  readonly failsAt?: (node: GraphNode) => boolean;
  /** @param index the number of the card */
  provider(index: number): Provider;
}

/** ML programs on the processor and the graphics card, which keep 32 bits: the neural engine and the older format compute in 16. */
const fullPrecision = 0x010 | 0x020;

/** In the order in which `auto` asks for them. */
export const deviceKinds: readonly DeviceKind[] = [
  {
    name: "cuda",
    inWords: "CUDA",
    automatic: true,
    // Convolutions multiply 10 bits of each number (TF32) on cards since 2020, and the binding for Node passes no option that ends this.
    tolerance: 1e-2,
    provider: (deviceId) => ({ name: "cuda", deviceId }),
  },
  {
    name: "dml",
    inWords: "DirectML",
    automatic: true,
    tolerance: 2e-3,
    provider: () => ({ name: "dml" }),
  },
  {
    name: "webgpu",
    inWords: "WebGPU",
    automatic: true,
    tolerance: 2e-3,
    // The indices of maxima, which the gradient of a pool goes by.
    failsAt: ({ op, outputs }) => op === "MaxPool" && outputs.length > 1,
    provider: () => ({ name: "webgpu" }),
  },
  {
    name: "coreml",
    inWords: "CoreML",
    // What it cannot compute in 32 bits it computes in 16: nothing to take unasked.
    automatic: false,
    tolerance: 5e-2,
    provider: () => ({ name: "coreml", coreMlFlags: fullPrecision }),
  },
];

/** All names, for messages and helps. */
export const deviceNames: readonly string[] = ["auto", "cpu", "cuda", "cuda:1", "webgpu", "coreml", "dml"];

function isDevice(device: unknown): device is NodeDevice {
  return typeof device === "string" && (deviceNames.includes(device) || /^cuda:\d{1,3}$/.test(device));
}

/**
 * The device of that name.
 * @param where what said so, e.g. `--device`
 * @throws FoveaError `unknown-name` for a device that there is not
 */
export function checkedDevice(device: unknown, where?: string): NodeDevice {
  if (isDevice(device)) return device;
  throw unknownName("device", typeof device === "string" ? device : shortened(device), deviceNames, where);
}

/** The kind of a device with the number of the card; undefined for the processor and for `auto`. */
export function kindOf(device: NodeDevice): (DeviceKind & { readonly index: number }) | undefined {
  const [name, index] = device.split(":");
  const kind = deviceKinds.find((each) => each.name === name);
  return kind && { ...kind, index: Number(index ?? 0) };
}

/** What onnxruntime is told of one graph: nodes that the device fails at are the processor's, and the rest stays. */
export function providerFor(provider: Provider, { nodes }: Pick<Graph, "nodes">): Provider {
  const { failsAt } = deviceKinds.find(({ name }) => name === provider.name) ?? {};
  const failing = failsAt ? nodes.filter(failsAt).flatMap(({ name }) => (name === "" ? [] : [name])) : [];
  return failing.length === 0 ? provider : { ...provider, forceCpuNodeNames: failing };
}
