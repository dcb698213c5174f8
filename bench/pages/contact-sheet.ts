/** @file One sheet of the real models' maps for photos of a dog and a cat. `npx tsx bench/pages/contact-sheet.ts sheet.png` */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "../../src/cli/platform.js";
import { mapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import type { SheetCell } from "../../src/image/figure/sheet.js";
import { contactSheetSvg, svgToPng } from "../../src/image/node.js";
import { placeMap } from "../../src/image/picture/resize.js";
import { className } from "../../src/model/class-names.js";
import { floats } from "../../src/onnx/tensor.js";
import { animalPhotos, imageNetModels, modelsFolder, photosFolder } from "../../test/support/models/real-models.js";

const [out] = process.argv.slice(2);
if (out === undefined || modelsFolder === "" || process.env.FOVEA_DATA === undefined) {
  console.error("contact-sheet: expected the path of a PNG file to write, and FOVEA_MODELS and FOVEA_DATA, got less");
  process.exit(2);
}
const cells: SheetCell[] = [];
for (const { name, file, labels, preprocessing, classes } of imageNetModels) {
  const path = join(modelsFolder, file);
  const model = await loadModel(path, {
    runtime,
    preprocessing,
    ...(labels ? { labels: join(modelsFolder, labels) } : {}),
  });
  const gradCam = await model.explainer();
  for (const { file: photo, dogClass, catClass } of animalPhotos) {
    const { input, picture, box } = await model.readImage(join(photosFolder, photo));
    const explained = [dogClass, catClass].map((each) => classes[each] as number);
    const explanation = await gradCam.explain(input, { classes: explained });
    for (const [k, index] of explained.entries()) {
      const map = placeMap(mapOf(explanation, 0, k), box, picture.width, picture.height);
      const share = 100 * (floats(explanation.probabilities)[index] as number);
      const detail = `${name}, ${share < 0.1 ? "below 0.1" : share.toFixed(1)} %`;
      cells.push({ picture, map, caption: className(model, index).split(",")[0] as string, detail });
    }
  }
  await gradCam.close();
}
const columns = 2 * animalPhotos.length;
const sheet = {
  cells,
  title: "Where three networks see a dog, and where a cat",
  subtitle:
    "Grad-CAM at the last feature map, with the predicted probability; a map ends where the network's view of the photo does",
};
writeFileSync(out, await svgToPng(await contactSheetSvg(sheet, { columns, panelSize: 200 }), { scale: 1.5 }));
