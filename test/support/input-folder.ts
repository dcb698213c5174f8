/** @file A folder of inputs as users have them: images in sub-folders and without endings, other files, and results of ours. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The images in `photos` of a folder that `fillInputFolder` filled, in the order in which they are found; one is broken. */
export const imagesInFolder = [
  "photos/a9.PNG",
  "photos/a10.png",
  "photos/broken.jpg",
  "photos/cats/x.png",
  "photos/dogs/old/unnamed",
  "photos/dogs/x.jpg",
  "photos/dogs/x.png",
  "photos/x[1].png",
];

/** Fills `photos`, and makes a folder `empty`. @param png the bytes of each image that is whole */
export function fillInputFolder(folder: string, png: Uint8Array): void {
  for (const name of ["photos/cats", "photos/dogs/old", "empty"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of imagesInFolder) writeFileSync(join(folder, name), png);
  for (const name of ["notes.txt", "dogs/LICENSE", "broken.jpg"])
    writeFileSync(join(folder, "photos", name), "no picture");
  writeFileSync(join(folder, "photos", "a9.fovea.png"), "a result of ours");
}
