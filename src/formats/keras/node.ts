/** @file The watch over the HDF5 library on Node, whose virtual machine interrupts loops of WebAssembly, too. */

import { fileURLToPath } from "node:url";
import { compileFunction, createContext, Script } from "node:vm";
import { regularFile } from "../../files/regular-file.js";
import { isObject } from "../../foundation/check.js";
import { BrokenOff, type Library, type Watch } from "./watch.js";

let library: Promise<Library> | undefined;
let another: (() => Library) | undefined;

/** @param seconds that the reading of a file may compute for nothing. Default 3 */
export function watchOnNode(seconds = 3): Watch {
  return {
    seconds,
    load: () => {
      library ??= another ? Promise.resolve(another()) : import("h5wasm");
      return library;
    },
    within,
    computed: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
  };
}

const box: { work?: () => unknown } = createContext({});
const script = new Script("work()");

function within<Result>(milliseconds: number, work: () => Result): Result {
  let result: { readonly value: Result } | undefined;
  box.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(box, { timeout: Math.ceil(milliseconds) });
  } catch (error) {
    if (!(isObject(error) && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")) throw error;
    library = undefined;
    another ??= compileLibrary();
    throw new BrokenOff("internal: nobody heard that a call was broken off", { cause: error });
  } finally {
    box.work = undefined;
  }
  if (result === undefined) throw new Error("internal: work without an end");
  return result.value;
}

/** What makes copies of the library: a module is loaded but once, and stays in memory. */
function compileLibrary(): () => Library {
  const path = fileURLToPath(new URL("../iife/h5wasm.js", import.meta.resolve("h5wasm")));
  const { byteLength, read } = regularFile(path, path);
  const text = new TextDecoder().decode(read(0, byteLength));
  return compileFunction(`${text}\nreturn h5wasm;`) as () => Library;
}
