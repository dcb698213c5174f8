/** @file The names that exporters give the networks of images and of texts of one model. */

/** The words of names, images first: those of transformers.js and optimum, of OpenCLIP, and others. */
const pairs = [
  ["vision", "text"],
  ["visual", "textual"],
  ["image", "text"],
  ["img", "txt"],
] as const;

/** The usual name of a network of texts. */
export const textModelFile = "text_model.onnx";

/** What transformers.js writes behind the names of smaller exports of the same network. */
const suffix = /(_(?:fp16|quantized|int8|uint8|q4|q4f16|bnb4|q8))?(?=\.[^.]+$|$)/i;

/**
 * The names that the network of texts may have, the likeliest first: the same with the other word, then among `there` those of other
 * precisions, the exact ones first.
 * @param name of the network of images
 */
export function textTowerNames(name: string, there: readonly string[]): string[] {
  const pair = pairs.find(([image]) => name.toLowerCase().includes(image));
  if (pair === undefined) return [];
  const [image, text] = pair;
  const same = name.replace(new RegExp(image, "i"), (word) =>
    word === word.toUpperCase() ? text.toUpperCase() : text,
  );
  const plain = (each: string) => each.replace(suffix, "");
  const order = ["", "_fp16"];
  const rank = (each: string) => {
    const place = order.indexOf((suffix.exec(each)?.[1] ?? "").toLowerCase());
    return place < 0 ? order.length : place;
  };
  const others = there
    .filter((each) => each !== same && plain(each) === plain(same))
    .toSorted((a, b) => rank(a) - rank(b));
  return [same, ...others];
}
