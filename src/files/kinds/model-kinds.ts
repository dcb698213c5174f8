/** @file Files that hold a network: those that Fovea opens, and those of other frameworks. */

import { bytes, either, type FileKind, type FileStart, holds, matches, type StartTest } from "./kind.js";
import { zipOf } from "./zip-start.js";

const fromTorch = 'export it where its code is: torch.onnx.export(model, example, "model.onnx")';
const fromCode = "export it to ONNX with the framework that wrote it";

/** For files that only their name tells. */
const never: StartTest = () => false;

/** The more particular ones first. */
export const modelKinds: readonly FileKind[] = [
  {
    what: "a .keras file",
    holds: "zip",
    advice: "",
    is: zipOf(/^(metadata\.json|config\.json|model\.weights\.h5|assets\/)/),
  },
  { what: "an HDF5 file", holds: "hdf5", advice: "", is: holds("\x89HDF\r\n\x1a\n") },
  {
    what: "a pickled PyTorch file",
    holds: "foreign",
    advice: fromTorch,
    // PyTorch writes a zip that begins with the pickled network, TorchScript with the first weights; before it was a pickle alone.
    is: either(
      zipOf(/^[^/]+\/(data\.pkl|data\/\d+$|constants\.pkl|code\/|version|byteorder|\.format_version|archive_format)/),
      bytes("80 02-05"),
    ),
    named: [".pt", ".pth", ".pt2"],
  },
  {
    what: "weights without a network",
    holds: "foreign",
    advice: fromTorch,
    is: bytes(".. .. .. .. 00 00 00 00 7b"),
    named: [".safetensors"],
  },
  { what: "a GGUF file: weights without a network", holds: "foreign", advice: fromTorch, is: holds("GGUF") },
  {
    what: "a TensorFlow Lite file",
    holds: "foreign",
    advice: "python -m tf2onnx.convert --tflite NAME --output model.onnx",
    is: holds("TFL3", 4),
    named: [".tflite"],
  },
  {
    what: "a file of onnxruntime's own format",
    holds: "foreign",
    advice: "give the .onnx file that it was made of",
    is: holds("ORTM", 4),
    named: [".ort"],
  },
  { what: "an ExecuTorch program", holds: "foreign", advice: fromTorch, is: bytes(".. .. .. .. 45 54 30-39 30-39") },
  {
    what: "a TensorRT engine",
    holds: "foreign",
    advice: "give the .onnx file that it was built of",
    // Some exporters put a length and JSON before the engine itself.
    is: either(holds("ftrt"), holds("ptrt")),
    named: [".engine", ".trt", ".plan"],
  },
  {
    what: "a TensorFlow SavedModel",
    holds: "foreign",
    advice: "python -m tf2onnx.convert --saved-model FOLDER --output model.onnx",
    // A message with the field `meta_graphs`, which begins with a message too; in an ONNX file this is the producer's name.
    is: either(...["12", "22", "2a"].map((field) => bytes(`08 01 12 varint 0a varint ${field}`))),
    named: ["saved_model.pb"],
  },
  {
    what: "a Core ML model",
    holds: "foreign",
    advice: fromCode,
    is: bytes("08 01-0f 12 varint 0a varint 0a"),
    named: [".mlmodel"],
  },
  {
    what: "a frozen TensorFlow graph",
    holds: "foreign",
    advice: "python -m tf2onnx.convert --graphdef NAME --inputs NAME:0 --outputs NAME:0 --output model.onnx",
    is: isGraphDef,
  },
  {
    what: "an OpenVINO network",
    holds: "foreign",
    advice: "give the ONNX file that it was converted from",
    is: matches(/^\s*(<\?xml[^>]*>\s*)?<net[\s>]/),
  },
  { what: "an RKNN model", holds: "foreign", advice: "give the .onnx file that it was built of", is: holds("RKNN") },
  { what: "an ncnn network", holds: "foreign", advice: fromCode, is: matches(/^7767517\s/) },
  {
    what: "a Darknet network",
    holds: "foreign",
    advice: fromCode,
    is: matches(/^[\s#]*\[net(work)?\]/),
    named: [".weights"],
  },
  { what: "a Caffe model", holds: "foreign", advice: fromCode, is: never, named: [".caffemodel"] },
  {
    what: "a Paddle model",
    holds: "foreign",
    advice: "paddle2onnx converts it",
    is: never,
    named: [".pdmodel", ".pdiparams", ".pdparams"],
  },
  { what: "weights of JAX", holds: "foreign", advice: fromCode, is: never, named: [".msgpack"] },
  { what: "an MNN model", holds: "foreign", advice: fromCode, is: never, named: [".mnn"] },
  {
    what: "an ONNX tensor, not a model",
    holds: "array",
    advice: 'save it as an array: numpy.save("x.npy", onnx.numpy_helper.to_array(onnx.load_tensor("NAME")))',
    is: either(...[1, 2, 3, 4, 5].map((rank) => bytes(`${"08 varint ".repeat(rank)}10 01-10 22-4a`))),
  },
  {
    what: "an ONNX model",
    holds: "onnx",
    advice: "",
    // The version, and then any other field of a ModelProto.
    is: either(...["12", "1a", "22", "28", "32", "3a", "42", "72"].map((field) => bytes(`08 01-1f ${field}`))),
  },
];

/** A message whose first field is a node, which begins with its name and its operator. An ONNX file begins with its version. */
function isGraphDef(start: FileStart): boolean {
  if (!bytes("0a varint 0a 01-7f")(start)) return false;
  const { text } = start;
  let at = 1;
  while (text.charCodeAt(at) >= 0x80) at++;
  const length = text.charCodeAt(at + 2);
  const name = text.slice(at + 3, at + 3 + length);
  const next = text[at + 3 + length] ?? operatorField;
  return name.length === length && /^[!-~]+$/.test(name) && next === operatorField;
}

const operatorField = "\u0012";
