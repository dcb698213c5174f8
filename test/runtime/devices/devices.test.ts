/** @file Devices by name: what is asked of each, what the answers mean, and what is taken then. No card is needed. */

import { describe, expect, it } from "vitest";
import { FoveaError } from "../../../src/foundation/error.js";
import { Builder } from "../../../src/onnx/builder.js";
import { answerFrom, type DeviceAnswer } from "../../../src/runtime/devices/ask-device.js";
import { Card } from "../../../src/runtime/devices/card.js";
import { chooseDevice } from "../../../src/runtime/devices/choose-device.js";
import { checkedDevice, kindOf, type NodeDevice, providerFor } from "../../../src/runtime/devices/device.js";
import { presentDevices } from "../../../src/runtime/devices/present-devices.js";

const there: DeviceAnswer = { missing: undefined, hardware: true };
const none: DeviceAnswer = { missing: "not installed" };
const inSoftware: DeviceAnswer = { missing: undefined, hardware: false, adapter: "llvmpipe (LLVM 15.0.6, 256 bits)" };
const untold: DeviceAnswer = { missing: undefined };

/** A machine that has these devices. */
const machine = (devices: Partial<Record<NodeDevice, DeviceAnswer>>) => async (device: NodeDevice) =>
  device === "cpu" ? { missing: undefined, hardware: false } : (devices[device] ?? none);

const answer = (name: "cuda" | "webgpu" | "dml" | "coreml", result: unknown, noise = "") => {
  const kind = kindOf(name);
  if (kind === undefined) throw new Error(name);
  return answerFrom(kind, { result, noise });
};

const linux = ["cpu", "webgpu", "cuda", "tensorrt"];
const library = "Failed to load library /x/libonnxruntime_providers_shared.so with error: ";

describe("a device's name", () => {
  it("is one of those there are, with the number of a card behind cuda", () => {
    for (const name of ["auto", "cpu", "cuda", "cuda:0", "cuda:12", "webgpu", "coreml", "dml"])
      expect(checkedDevice(name)).toBe(name);
    for (const name of ["gpu", "cuda:", "cuda:x", "webgpu:1", "CUDA", "", 1, undefined])
      expect(() => checkedDevice(name, "--device")).toThrow(/^--device: unknown device .*: expected one of /);
  });

  it("tells onnxruntime which provider and which card", () => {
    const provider = (device: NodeDevice) => kindOf(device)?.provider(kindOf(device)?.index ?? -1);
    expect(provider("cuda")).toEqual({ name: "cuda", deviceId: 0 });
    expect(provider("cuda:3")).toEqual({ name: "cuda", deviceId: 3 });
    expect(provider("webgpu")).toEqual({ name: "webgpu" });
    expect(provider("cpu")).toBeUndefined();
  });

  it("keeps for the processor the nodes that WebGPU takes and cannot run, and these alone", () => {
    const op = new Builder();
    const [y = ""] = op.node("MaxPool", [op.input("x", "float32", [1, 1, 4, 4])], { kernel_shape: [2, 2] });
    const [z = "", indices = ""] = op.node("MaxPool", [y], { kernel_shape: [2, 2] }, 2);
    for (const value of [z, indices]) op.output(value);
    const name = op.graph.nodes.find(({ outputs }) => outputs.includes(indices))?.name;
    expect(providerFor({ name: "webgpu" }, op.graph)).toEqual({ name: "webgpu", forceCpuNodeNames: [name] });
    expect(providerFor({ name: "cuda", deviceId: 0 }, op.graph)).toEqual({ name: "cuda", deviceId: 0 });
  });
});

describe("answerFrom(kind, remains)", () => {
  it("names the command that installs CUDA where its files are not there", () => {
    const noise = `[E:onnxruntime] ${library}/x/libonnxruntime_providers_shared.so: cannot open shared object file: No such file`;
    const { missing } = answer("cuda", { offered: linux, refusal: "Failed to load shared library" }, noise);
    expect(missing).toBe(
      "onnxruntime's files for it are not installed (npm rebuild onnxruntime-node --ignore-scripts=false --onnxruntime-node-install=cuda12 fetches them)",
    );
  });

  it("names the library that onnxruntime's files miss", () => {
    const noise = `${library}libcudnn.so.9: cannot open shared object file: No such file or directory`;
    const { missing } = answer("cuda", { offered: linux, refusal: "Failed to load shared library" }, noise);
    expect(missing).toBe("libcudnn.so.9 is not installed, which is a part of CUDA 12 or of cuDNN 9");
  });

  it("says what the system does not have, what refused, and what ended the process", () => {
    expect(answer("dml", { offered: linux }).missing).toBe("onnxruntime has no DirectML on this system");
    const refusal = "/x/webgpu_context.cc:136 y was false. Failed to get a WebGPU adapter: No supported adapters";
    expect(answer("webgpu", { offered: linux, refusal }).missing).toMatch(/^no graphics adapter was found/);
    const other = "/x/cuda_call.cc:129 z was false. CUDA failure 100: no CUDA-capable device is detected";
    expect(answer("cuda", { offered: linux, refusal: other }).missing).toBe(
      "CUDA failure 100: no CUDA-capable device is detected",
    );
    expect(answer("cuda", undefined, "one\ntwo: driver bug\n").missing).toBe(
      "the process that tried it ended without an answer: two: driver bug",
    );
    expect(answer("cuda", "nonsense").missing).toBe("the process that tried it ended without an answer");
  });

  it.each([
    ["SwiftShader Device (Subzero)", false],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", false],
    ["Microsoft Basic Render Driver", false],
    ["NVIDIA GeForce RTX 4090", true],
    ["AMD Radeon RX 7900 XTX (RADV NAVI31)", true],
    ["Intel(R) Arc(tm) A770 Graphics (DG2)", true],
  ])("tells by what Vulkan's loader writes that %s is hardware: %s", (adapter, hardware) => {
    const [old, recent] = ["INFO | DRIVER:   ", "[Vulkan Loader] INFO | DRIVER:    "];
    for (const head of [old, recent]) {
      const noise = `${head}linux_read_sorted_physical_devices:\n${head}   Original order:\n${head}      [0] llvmpipe\n${head}   Sorted order:\n${head}      [0] ${adapter}  \n`;
      expect(answer("webgpu", { offered: linux }, noise)).toEqual({ missing: undefined, adapter, hardware });
    }
  });

  it("knows no adapter where nothing names it, but that Metal has only hardware", () => {
    expect(answer("webgpu", { offered: ["cpu", "webgpu", "dml"] }).hardware).toBeUndefined();
    expect(answer("webgpu", { offered: ["cpu", "webgpu", "coreml"] }).hardware).toBe(true);
    expect(answer("dml", { offered: ["cpu", "webgpu", "dml"] }).hardware).toBe(true);
  });
});

describe("chooseDevice(device)", () => {
  it("takes what was asked for where it is there, and says nothing", async () => {
    const chosen = await chooseDevice("cuda:1", machine({ "cuda:1": there }));
    expect(chosen).toEqual({ device: "cuda:1", provider: { name: "cuda", deviceId: 1 } });
    expect(await chooseDevice("cpu", machine({}))).toEqual({ device: "cpu", provider: undefined });
  });

  it("takes the processor where it is not, and says why", async () => {
    expect(await chooseDevice("cuda", machine({}))).toEqual({
      device: "cpu",
      provider: undefined,
      note: "cuda: not installed; the processor computes instead",
    });
  });

  it("takes a software adapter where that was asked for, and says so", async () => {
    const chosen = await chooseDevice("webgpu", machine({ webgpu: inSoftware }));
    expect(chosen).toMatchObject({ device: "webgpu", provider: { name: "webgpu" }, software: true });
    expect(chosen.note).toContain("llvmpipe (LLVM 15.0.6, 256 bits) is a software adapter");
    expect((await chooseDevice("webgpu", machine({ webgpu: untold }))).software).toBeUndefined();
  });

  it.each<[string, Partial<Record<NodeDevice, DeviceAnswer>>, string]>([
    ["CUDA before WebGPU", { cuda: there, webgpu: there }, "cuda"],
    ["DirectML before WebGPU", { dml: there, webgpu: untold }, "dml"],
    ["WebGPU where a card computes", { webgpu: there }, "webgpu"],
    ["no software adapter", { webgpu: inSoftware }, "cpu"],
    ["no adapter that nothing is known of", { webgpu: untold }, "cpu"],
    ["no CoreML", { coreml: there }, "cpu"],
    ["the processor where there is nothing else", {}, "cpu"],
  ])("auto takes %s", async (_, devices, expected) => {
    const { device, note } = await chooseDevice("auto", machine(devices));
    expect(device).toBe(expected);
    expect(note).toMatch(
      expected === "cpu" ? /^auto: no graphics card .*; the processor computes$/ : /^auto: \w+ computes$/,
    );
  });
});

describe("presentDevices(asked)", () => {
  it("are those that are there of those asked for, none twice, and why the others are not", async () => {
    const ask = machine({ cuda: there, webgpu: inSoftware });
    expect(await presentDevices(["cpu", "webgpu", "auto", "cuda", "cuda:1"], ask)).toEqual({
      present: ["cpu", "webgpu", "cuda"],
      absent: ["cuda:1: not installed"],
    });
  });

  it("are without software adapters where all are asked for", async () => {
    const { present, absent } = await presentDevices(undefined, machine({ cuda: there, webgpu: inSoftware }));
    expect(present).toEqual(["cpu", "cuda"]);
    expect(absent.join()).toContain("webgpu: llvmpipe (LLVM 15.0.6, 256 bits) is a software adapter");
  });
});

describe("a Card", () => {
  const session = (results: () => Promise<object>) => ({
    inputs: [],
    outputs: [],
    run: async () => (await results()) as Record<string, never>,
    close: async () => undefined,
  });
  const refuses = () => Promise.reject(new FoveaError("bad-graph", "no memory"));
  const gives = (what: object) => () => Promise.resolve(what);
  const cardOf = (devices: Partial<Record<NodeDevice, DeviceAnswer>>, told: string[]) =>
    new Card("webgpu", (sentence) => told.push(sentence), machine(devices));

  it("opens sessions on the device, and says so in its words", async () => {
    const card = cardOf({ webgpu: there }, []);
    expect(card.inWords).toBe(" (webgpu)");
    const opened = await card.open(async (provider) => session(gives({ provider })));
    expect(await opened.run({})).toEqual({ provider: { name: "webgpu" } });
    expect(card.inWords).toBe(" (webgpu)");
  });

  it("is the processor where the device is missing, and says that once", async () => {
    const told: string[] = [];
    const card = cardOf({}, told);
    for (let i = 0; i < 2; i++) {
      const opened = await card.open(async (provider) => session(gives({ provider })));
      expect(await opened.run({})).toEqual({ provider: undefined });
    }
    expect(told).toEqual(["webgpu: not installed; the processor computes instead"]);
    expect(card.inWords).toBe("");
  });

  it.each([
    ["opened", (provider: unknown) => (provider ? refuses() : Promise.resolve(session(gives({ on: "cpu" }))))],
    ["run", async (provider: unknown) => session(provider ? refuses : gives({ on: "cpu" }))],
  ])("leaves to the processor a session that the device refuses when it is %s, and says that once", async (_, open) => {
    const told: string[] = [];
    const card = cardOf({ webgpu: inSoftware }, told);
    for (let i = 0; i < 2; i++) {
      const opened = await card.open(open);
      expect(await opened.run({})).toEqual({ on: "cpu" });
      expect(await opened.run({})).toEqual({ on: "cpu" });
    }
    expect(told.slice(1)).toEqual(["webgpu: no memory; the processor goes on with it"]);
    expect(card.inWords).toBe(" (webgpu in software, in part cpu)");
  });

  it("throws what the processor refuses as well, and what was closed meanwhile", async () => {
    const told: string[] = [];
    const card = cardOf({ webgpu: there }, told);
    const opened = await card.open(async () => session(refuses));
    await expect(opened.run({})).rejects.toThrow("no memory");
    const ended = () => Promise.reject(new FoveaError("closed", "it was closed"));
    const other = await card.open(async (provider) => session(provider ? ended : gives({})));
    await expect(other.run({})).rejects.toThrow("it was closed");
    expect(told).toEqual([]);
  });
});
