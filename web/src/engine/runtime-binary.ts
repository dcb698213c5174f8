/** @file onnxruntime's WebAssembly as it comes to a page: packed with Brotli, unless the server or the browser has unpacked it. */

import { FoveaError } from "../../../src/foundation/error.js";

/** The file in the folder of onnxruntime's files, and what unpacks it beside it. */
export const binaryName = "ort-wasm-simd-threaded.jspi.wasm.br";
const decoderName = "brotli_dec_wasm_bg.wasm";

/** An empty module but for a type of the exceptions that onnxruntime is compiled with. */
const withExceptions = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 1, 0x69, 0);

/** @throws FoveaError `bad-input` for a browser that is too old for it */
export function checkBrowser(): void {
  if (WebAssembly.validate(withExceptions)) return;
  throw new FoveaError(
    "bad-input",
    "this browser: expected one with WebAssembly exceptions (Chrome and Edge 137, Firefox 131, Safari 18.4, or newer), got an older one: update it",
  );
}

/** Whether WebAssembly can wait for a graphics card here. */
export function canWait(): boolean {
  const { Suspending } = WebAssembly as { Suspending?: { readonly plain?: boolean } };
  return Suspending !== undefined && !Suspending.plain;
}

/**
 * The module itself.
 * @param bytes packed or not
 * @param folder URL of the folder of onnxruntime's files
 */
export async function unpacked(bytes: Uint8Array<ArrayBuffer>, folder: string): Promise<Uint8Array<ArrayBuffer>> {
  if (isModule(bytes)) return bytes;
  const result = await unpack(bytes, folder);
  if (isModule(result)) return result;
  throw new FoveaError("bad-file", `${binaryName}: expected WebAssembly packed with Brotli, got another file`);
}

function isModule(bytes: Uint8Array): boolean {
  return [0, 97, 115, 109].every((byte, i) => bytes[i] === byte);
}

async function unpack(bytes: Uint8Array<ArrayBuffer>, folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const native = ownDecoder();
  if (native) return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(native)).arrayBuffer());
  const decoder = await import("brotli-dec-wasm/web");
  await decoder.default({ module_or_path: folder + decoderName });
  return Uint8Array.from(decoder.decompress(bytes));
}

/** The browser's own decoder, where it has one. */
function ownDecoder(): DecompressionStream | undefined {
  try {
    return new DecompressionStream("brotli" as CompressionFormat);
  } catch {
    return undefined;
  }
}
