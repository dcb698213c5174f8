/** @file Files that hold no network: what stands in for one, pictures, arrays, archives, documents. */

import { bytes, either, type FileKind, holds, matches } from "./kind.js";
import { pictureKinds } from "./picture-kinds.js";
import { firstOfZip, zipOf } from "./zip-start.js";

const kind =
  (holds: FileKind["holds"]) =>
  (what: FileKind["what"], is: FileKind["is"], advice = ""): FileKind => ({
    what,
    holds,
    advice,
    is,
  });
const [other, picture, array] = [kind("other"), kind("picture"), kind("array")];

/** In the place of a file that is kept elsewhere, or could not be fetched. */
export const standIns: readonly FileKind[] = [
  other("an empty file of 0 bytes", ({ text }) => text === "", "download or export it again"),
  other(
    ({ text }) => `a Git LFS pointer${ofBytes(text)}`,
    matches(/^version https:\/\/(git-lfs|hawser)\.github\.com\/spec\//),
    "fetch the file itself: git lfs pull",
  ),
  other("a git-annex pointer", matches(/^\/?(\.git\/)?annex\/objects\//), "fetch the file itself: git annex get NAME"),
  other("a DVC pointer", matches(/^outs:\s+- (md5|etag|hash):/), "fetch the file itself: dvc pull"),
  other(
    "a web page (HTML)",
    matches(
      /^(\u00ef\u00bb\u00bf)?\s*(<!--[\s\S]*?-->\s*)?(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body|meta|title)\b/i,
    ),
    "it is the page about the file, or an error: download the file itself",
  ),
  other(
    "an error that a server answered with (XML)",
    matches(/^(\u00ef\u00bb\u00bf)?\s*(<\?xml[^>]*>\s*)?<Error>/),
    "download it again",
  ),
];

/** NumPy's, of one array. */
export const arrayKind: FileKind = array("an array (.npy)", holds("\x93NUMPY"));

/** A film. */
export const videoKind: FileKind = other(
  "a video",
  either(
    matches(/^.{4}ftyp(isom|iso\d|mp4|avc|M4V|qt)/s),
    holds("\x1a\x45\xdf\xa3"),
    bytes("52 49 46 46 .. .. .. .. 41 56 49 20"),
  ),
  "take single frames of it: ffmpeg -i NAME frame%04d.png",
);

const convert = "save it as PNG or JPEG first";

export const otherKinds: readonly FileKind[] = [
  ...pictureKinds.map(([format, is]) => picture(`${/^[AEIO]|^SVG/.test(format) ? "an" : "a"} ${format} picture`, is)),
  arrayKind,
  array(
    "an archive of arrays (.npz)",
    zipOf(/\.npy$/),
    'save the one array: numpy.save("x.npy", numpy.load("NAME")["KEY"])',
  ),
  array("a MATLAB file", holds("MATLAB 5.0"), "save the array as .npy"),
  picture("a DICOM file", holds("DICM", 128), convert),
  other("a TorchServe archive", zipOf(/^MAR-INF\//), "unpack it: unzip NAME"),
  other("an office document", zipOf(/^(\[Content_Types\]\.xml|mimetype)/)),
  other(
    ({ text }) => `a zip archive that begins with ${JSON.stringify(firstOfZip(text).slice(0, 40))}`,
    holds("PK\x03\x04"),
    "unpack it: unzip NAME",
  ),
  other("an empty zip archive", holds("PK\x05\x06")),
  other("a gzip archive", holds("\x1f\x8b"), "unpack it: gunzip NAME, or tar xzf NAME"),
  other("a tar archive", holds("ustar", 257), "unpack it: tar xf NAME"),
  other("a bzip2 archive", matches(/^BZh[1-9]/), "unpack it: bunzip2 NAME"),
  other("an xz archive", holds("\xfd7zXZ"), "unpack it: unxz NAME"),
  other("a Zstandard archive", holds("\x28\xb5\x2f\xfd"), "unpack it: unzstd NAME"),
  other("a 7z archive", holds("7z\xbc\xaf"), "unpack it: 7z x NAME"),
  other("a RAR archive", holds("Rar!"), "unpack it: unrar x NAME"),
  other("PDF", holds("%PDF")),
  videoKind,
  other("an SQLite database", holds("SQLite format 3")),
  other("a Parquet table", holds("PAR1"), "save its pictures as files first"),
  other("a program", either(holds("\x7fELF"), bytes("4d 5a 90 00"))),
];

function ofBytes(pointer: string): string {
  const size = /^size (\d+)$/m.exec(pointer)?.[1];
  return size === undefined ? "" : ` to a file of ${size} bytes`;
}
