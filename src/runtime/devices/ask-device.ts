/** @file Asks whether a device is there: whether it computes in a process of its own. */

import { type Remains, runApart } from "../../child/run-apart.js";
import { isObject } from "../../foundation/check.js";
import { brief } from "../../foundation/visible.js";
import { type DeviceKind, kindOf, type NodeDevice, type Tried } from "./device.js";

/** Whether a device is there. */
export interface DeviceAnswer {
  /** Why it does not compute; undefined where it does. */
  readonly missing: string | undefined;
  /** The name of the graphics adapter, where its driver's loader tells it. */
  readonly adapter?: string | undefined;
  /** Whether a card computes, and not a program on the processor; undefined where nothing tells. */
  readonly hardware?: boolean | undefined;
}

/** A driver that has not answered in this time hangs. */
const seconds = 60;

const answers = new Map<NodeDevice, Promise<DeviceAnswer>>();

/** Asks once for this process: what is there stays. */
export function askDevice(device: NodeDevice): Promise<DeviceAnswer> {
  const answer = answers.get(device) ?? ask(device);
  answers.set(device, answer);
  return answer;
}

async function ask(device: NodeDevice): Promise<DeviceAnswer> {
  const kind = kindOf(device);
  if (kind === undefined) return { missing: undefined, hardware: false };
  const module = new URL("./tried/node.js", import.meta.url);
  // Vulkan's loader then writes the names of the adapters, which onnxruntime tells nobody.
  const variables = { VK_LOADER_DEBUG: "info,driver" };
  const remains = await runApart(module, kind.provider(kind.index), { seconds, variables });
  return answerFrom(kind, remains);
}

/** What the remains of the process that tried a device tell. */
export function answerFrom(kind: Pick<DeviceKind, "name" | "inWords">, { result, noise }: Remains): DeviceAnswer {
  if (!isTried(result)) return { missing: `the process that tried it ended without an answer${said(noise)}` };
  const { offered, refusal } = result;
  if (!offered.includes(kind.name)) return { missing: `onnxruntime has no ${kind.inWords} on this system` };
  if (refusal !== undefined) return { missing: reasonOf(refusal, noise) };
  const adapter = kind.name === "webgpu" ? adapterIn(noise) : undefined;
  return { missing: undefined, adapter, hardware: isHardware(kind.name, adapter, offered) };
}

function isTried(result: unknown): result is Tried {
  return isObject(result) && Array.isArray(result.offered);
}

const installCuda = "npm rebuild onnxruntime-node --ignore-scripts=false --onnxruntime-node-install=cuda12";

/** The reason of a refusal. onnxruntime names missing libraries on the standard error alone. */
function reasonOf(refusal: string, noise: string): string {
  const [, library] = /error: \S*?([^/\s]+): cannot open shared object file/.exec(noise) ?? [];
  if (library?.startsWith("libonnxruntime_providers"))
    return `onnxruntime's files for it are not installed (${installCuda} fetches them)`;
  if (library !== undefined) return `${library} is not installed, which is a part of CUDA 12 or of cuDNN 9`;
  if (refusal.includes("No supported adapters"))
    return "no graphics adapter was found (the card's driver brings Vulkan, Direct3D 12 or Metal)";
  return brief(refusal.replace(/^.* was false\. /, ""), 200);
}

/** The adapter that comes first in the list that Vulkan's loader has sorted, cards before programs. */
function adapterIn(noise: string): string | undefined {
  return [...noise.matchAll(/Sorted order:\s*(?:.*\bDRIVER:)?\s*\[0\] (.+)/g)].at(-1)?.[1]?.trim();
}

/** Names of adapters that are programs: SwiftShader, Mesa's llvmpipe and softpipe, and Windows' WARP. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/** DirectML refuses programs by itself, CUDA, CoreML and Metal have none. Which adapter Direct3D gave WebGPU, nobody tells. */
function isHardware(
  name: DeviceKind["name"],
  adapter: string | undefined,
  offered: readonly string[],
): boolean | undefined {
  if (name !== "webgpu") return true;
  if (adapter !== undefined) return !software.test(adapter);
  return offered.includes("coreml") || undefined;
}

/** What the process said last. */
function said(noise: string): string {
  const line = noise.trim().split("\n").at(-1)?.trim();
  return line ? `: ${brief(line, 120)}` : "";
}
