/** @file Model files other than ONNX as ONNX graphs, on Node and in the browser. */

import { type ByteSource, bytesAsSource } from "../files/input/byte-source.js";
import { refuseSize } from "../files/input/input-kinds.js";
import { startLength } from "../files/kinds/kind.js";
import { FoveaError, naming } from "../foundation/error.js";
import type { Graph } from "../onnx/graph.js";
import { formatOf } from "./format.js";
import { kerasGraph } from "./keras/graph.js";
import type { ReadShard } from "./tfjs/manifest.js";

/**
 * The graph of a model that Keras 2 or 3 saved whole (`.keras`, `.h5`), or of a TensorFlow.js layers model (model.json);
 * undefined for a file that may be ONNX. Images go into the graph as [N, H, W, C], as Keras has them, and values bear the names
 * of the layers, `outer/inner` in models inside the model. The libraries that read HDF5 and zip are loaded when they are needed.
 * @param file its bytes, or where they are read from when they are needed
 * @param where begins the errors: best the file's name, whose ending helps to recognise it; default `model`
 * @param readShard reads the files of weights beside a model.json; default: such a model is refused
 * @throws FoveaError `bad-file`, `shape-mismatch`; `unsupported-operator` for layers that only Python can run, and for files of
 *   PyTorch and TensorFlow, with advice
 */
export async function graphOf(
  file: Uint8Array | ByteSource,
  where = "model",
  readShard: ReadShard = refuseShard(where),
): Promise<Graph | undefined> {
  const source = file instanceof Uint8Array ? bytesAsSource(file, where) : file;
  const { byteLength, read } = source;
  switch (await formatOf(read(0, Math.min(startLength, byteLength)), where)) {
    case "hdf5": {
      const { readKerasH5 } = await import("./keras/h5.js");
      const name = named(where, "an HDF5 file", /\.(h5|hdf5|hdf)$/i);
      return naming(where, async () => kerasGraph(await readKerasH5(source, name)));
    }
    case "zip": {
      const { readKerasZip } = await import("./keras/zip.js");
      const name = named(where, "a .keras file", /\.(keras|zip)$/i);
      return naming(where, async () => kerasGraph(await readKerasZip(source, name)));
    }
    case "json": {
      refuseSize(byteLength, "description", where);
      const { readTfjs } = await import("./tfjs/tfjs.js");
      return naming(where, async () =>
        kerasGraph(readTfjs(new TextDecoder().decode(read(0, byteLength)), readShard, where)),
      );
    }
  }
  return undefined;
}

/** How errors call a file that is another than its name says: they name that as well. */
function named(where: string, what: string, usual: RegExp): string {
  return usual.test(where) || !/\.\w+$/.test(where) ? where : `${where} (${what} under another name)`;
}

function refuseShard(where: string): ReadShard {
  return (path) => {
    const got = `got only the description, which names ${JSON.stringify(path.slice(0, 80))}`;
    throw new FoveaError("not-found", `${where}: expected weights beside the model, ${got}`);
  };
}
