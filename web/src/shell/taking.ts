/** @file Opens dropped, pasted or picked files, whatever they are. */

import { classesOf, type SortedFiles } from "./files.js";
import type { Studio } from "./studio.svelte.js";

export async function take(studio: Studio, files: SortedFiles): Promise<void> {
  const { model, images, idx, protocols } = files;
  if (model.length > 0) studio.taking = true;
  // The page's own model, which still opens in its first second, would take this one's place.
  await studio.ready;
  // Pictures first: the model is then asked about them alone.
  if (images.length > 0) {
    const classes = classesOf(images);
    await studio.openPictures(images.map(({ file, path }, i) => ({ blob: file, name: path, class: classes[i] })));
  }
  if (model.length > 0) await studio.openModel({ files: model });
  studio.taking = false;
  if (idx.length > 0) {
    studio.digits = idx;
    studio.look({ tab: "train" });
  }
  for (const file of protocols) await studio.openProtocol(file);
  const [first] = files.others;
  if (first && model.length + images.length + idx.length + protocols.length === 0)
    studio.complain(new Error(`${first.name}: expected a model (.onnx, .keras, .h5) or an image, got neither`));
}
