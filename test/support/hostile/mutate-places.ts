/** @file Hostile places and texts: weights that point outside the folder, metadata and files beside a model that lie. */

import { create } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  SparseTensorProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { pick } from "./mutate.js";

/** Where hostile weights point; `hostile-case.ts` puts a secret at `../outside/` and links and odd things into the folder. */
const locations = [
  ...[
    "../outside/secret",
    "..\\outside\\secret",
    "a/../../outside/secret",
    "./../outside/secret",
    "linked",
    "folder/secret",
  ],
  ...[
    "ABSOLUTE",
    "",
    ".",
    "..",
    "/",
    "weights.data\0",
    "../outside/secret\0weights.data",
    "model.onnx",
    "pipe",
    "gone",
  ],
  ...["file:///etc/hostname", "/proc/self/mem", "/dev/zero", "*/_ORT_MEM_ADDR_/*", "weights.data", "a".repeat(5000)],
];
const offsets = [
  undefined,
  "0",
  "-1",
  "1e9",
  "99999999999999999999",
  "0x10",
  "NaN",
  "",
  "8",
  "9007199254740993",
  "1.5",
];

export function hostileExternal(model: ModelProto, source: Random): string | undefined {
  const graph = model.graph as GraphProto;
  const location = pick(locations, source);
  const place = { location, offset: pick(offsets, source), length: pick([undefined, "4", ...offsets], source) };
  const externalData = Object.entries(place).flatMap(([key, value]) =>
    value === undefined ? [] : [create(StringStringEntryProtoSchema, { key, value })],
  );
  const where = pick(["weight", "weight", "weight", "attribute", "tensors", "sparse", "sparse attribute"], source);
  const outside = (tensor: TensorProto) =>
    Object.assign(tensor, { externalData, dataLocation: TensorProto_DataLocation.EXTERNAL, rawData: new Uint8Array() });
  const fresh = (dataType: number) => outside(create(TensorProtoSchema, { name: "outside", dims: [4n], dataType }));
  const node = pick(graph.node, source);
  switch (where) {
    case "weight": {
      const tensor = pick(graph.initializer, source);
      if (!tensor) return undefined;
      outside(tensor);
      break;
    }
    case "attribute":
      node?.attribute.push(
        create(AttributeProtoSchema, { name: "value", type: AttributeType.TENSOR, t: fresh(pick([1, 8], source)) }),
      );
      break;
    case "tensors":
      node?.attribute.push(
        create(AttributeProtoSchema, { name: "value", type: AttributeType.TENSORS, tensors: [fresh(1)] }),
      );
      break;
    default: {
      const indices = create(TensorProtoSchema, { name: "", dims: [4n], dataType: 7, int64Data: [0n, 1n, 2n, 3n] });
      const sparse = create(SparseTensorProtoSchema, { values: fresh(1), indices, dims: [4n] });
      if (where === "sparse") graph.sparseInitializer.push(sparse);
      else {
        const type = AttributeType.SPARSE_TENSOR;
        node?.attribute.push(create(AttributeProtoSchema, { name: "sparse_value", type, sparseTensor: sparse }));
      }
    }
  }
  return `${where} at ${JSON.stringify(location.slice(0, 40))}, bytes ${place.offset} + ${place.length}`;
}

const fits = { width: 28, height: 28, channels: 1, scale: 1, mean: [0], std: [1] };
const lies: readonly unknown[] = [
  null,
  [],
  {},
  "text",
  42,
  [1, 2],
  [null],
  ["a"],
  ...["x".repeat(100_000), "<script>&", "\u0000\u001b[31m\u202e\ud800\ufffe", "é漢🙂".repeat(300), ""].flatMap((name) =>
    [10, 7].map((count) => Array(count).fill(name)),
  ),
  { ...fits, width: 4096, height: 4096 },
  { ...fits, width: 1e9 },
  { ...fits, width: 65535, height: 65535 },
  { ...fits, width: 4000, height: 1 },
  { ...fits, width: -1 },
  { ...fits, width: "28" },
  { ...fits, width: 1.5 },
  { ...fits, channels: 3 },
  { ...fits, channels: { valueOf: 1 } },
  { ...fits, mean: [] },
  { ...fits, mean: "0" },
  { ...fits, mean: [null] },
  { ...fits, mean: Array(10_000).fill(0) },
  { ...fits, std: [0] },
  { ...fits, std: [1e-320] },
  { ...fits, scale: 1e308 },
  { ...fits, scale: null },
  { ...fits, fit: "toString" },
  { ...fits, fit: ["crop"] },
  { ...fits, fit: "crop", cropFraction: 1e-9 },
  { ...fits, fit: "crop", cropFraction: 1e-320 },
  { ...fits, fit: "letterbox", height: 1 },
  { ...fits, layout: "nhwc" },
  { ...fits, ground: {} },
  { ...fits, resample: "cubic", order: "bgr" },
];
const raw = [
  '{"__proto__": {"width": 1e9}, "constructor": {"prototype": {"polluted": true}}}',
  '{"__proto__": ["a", "b"]}',
  '{"width": NaN}',
  '{"width": 1e999, "height": 28}',
  "[".repeat(100_000),
  `["${"a".repeat(1_000_000)}"]`,
  `[${'"x",'.repeat(200_000)}"x"]`,
  '["\\u0000","\\ud800","<script>","\\u202e","\\n","","__proto__","a","b","c"]',
  "",
  "\ufeff[]",
];

/** A text that is no honest JSON of the wanted kind. */
function hostileJson(source: Random): string {
  return source.below(3) ? JSON.stringify(pick(lies, source)) : pick(raw, source);
}

export function hostileMetadata(model: ModelProto, source: Random): string {
  const [key, value] = [
    pick(["fovea.classes", "fovea.preprocessing", "fovea.provenance", "__proto__"], source),
    hostileJson(source),
  ];
  model.metadataProps = [
    ...model.metadataProps.filter((entry) => entry.key !== key),
    create(StringStringEntryProtoSchema, { key, value }),
  ];
  return `${key} is ${value.slice(0, 60)} (${value.length})`;
}

/** A file beside a model that lies. */
export function hostileSidecar(source: Random): { readonly name: string; readonly text: string } {
  const name = pick(["fovea.json", "preprocessor_config.json", "config.json"], source);
  const [a, b] = [hostileJson(source), hostileJson(source)];
  const number = () =>
    pick([0, -1, 1e9, 1e308, 28, 0.5, null, "28", [28], { height: 1e9, width: 28 }, { shortest_edge: 1e7 }], source);
  const texts = {
    "fovea.json": [`{"classes": ${a || "1"}, "preprocessing": ${b || "1"}}`, a, b],
    "preprocessor_config.json": [
      JSON.stringify({
        size: number(),
        crop_size: number(),
        crop_pct: number(),
        do_center_crop: pick([true, false, 1], source),
        do_normalize: pick([true, false, null], source),
        rescale_factor: number(),
        image_mean: pick([[0.5], [1e308], [], "x", [0.5, 0.5, 0.5], [null]], source),
        image_std: pick([[0], [0.5], [1e-320], [-1], {}], source),
        resample: number(),
      }),
      a,
    ],
    "config.json": [
      JSON.stringify({
        pretrained_cfg: pick(
          [{ input_size: [number(), number(), number()], crop_pct: number(), mean: [number()] }, 7, null],
          source,
        ),
        id2label: pick([{ 0: "a", 5: "b" }, { 99999999: "x" }, ["a"], { length: 1e9 }, null, { 0: 1 }], source),
        label_names: pick([["n1", "n2"], [{}], 7], source),
        label_descriptions: pick([{ n1: "x", toString: 1 }, [], null], source),
      }),
      a,
    ],
  };
  return { name, text: pick(texts[name as keyof typeof texts], source) };
}
