/** @file Sorts dropped, picked or pasted files into a model with its files, images with their folders, and protocols. */

export interface FoundFile {
  readonly file: File;
  /** Within the dropped folder, e.g. `pets/cat/1.jpg`. */
  readonly path: string;
}

export interface SortedFiles {
  /** A model, with everything that may belong to it. */
  readonly model: readonly File[];
  readonly images: readonly FoundFile[];
  readonly films: readonly File[];
  /** Datasets in the format of MNIST. */
  readonly idx: readonly File[];
  /** What `fovea improve` wrote. */
  readonly protocols: readonly File[];
  /** Without a model: texts that may say something of the one that is open, such as the names of its classes. */
  readonly beside: readonly File[];
  /** Files that are none of these. */
  readonly others: readonly File[];
}

const model = /\.(onnx|keras|h5|hdf5)$|(^|\/)model\.json$/i;
const besideModel = /\.(data|bin|pb|weights|safetensors|txt|json)$|\.onnx[._]data$/i;
/** May tell of a model that is open already, whatever they are called. */
const texts = /\.(txt|json|csv|tsv|ya?ml|names|pbtxt|lst|py|dict)$/i;
const film = /\.(mp4|m4v|webm|mov|ogv)$/i;
const image = /\.(jpe?g|png|webp|gif|bmp|avif|tiff?|svg|heic)$/i;
const [protocol, json] = [/\.improve\.json$/i, /\.json$/i];
const idx = /idx[13]-ubyte(\.gz)?$/i;

export function sortFiles(found: readonly FoundFile[]): SortedFiles {
  const hidden = ({ path }: FoundFile) => path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
  const visible = found.filter((each) => !hidden(each));
  const models = visible.filter(({ path }) => model.test(path));
  const isFilm = ({ file, path }: FoundFile) => film.test(path) || file.type.startsWith("video/");
  const isImage = ({ file, path }: FoundFile) => image.test(path) || file.type.startsWith("image/");
  const isOpened = (each: FoundFile) => models.includes(each) || isImage(each) || idx.test(each.path);
  // By another name it is known by its coming alone: beside other files a list in JSON tells of these.
  const protocols = visible.filter(
    ({ path }) => (visible.some(isOpened) ? protocol : json).test(path) && !model.test(path),
  );
  const rest = visible.filter((each) => !models.includes(each) && !protocols.includes(each));
  const belongs = ({ path, file }: FoundFile) => besideModel.test(path) && !isImage({ path, file }) && !idx.test(path);
  const mayTell = (each: FoundFile) => (models.length > 0 ? belongs(each) : texts.test(each.path) && !isImage(each));
  return {
    model: models.length > 0 ? [...models, ...rest.filter(belongs)].map(({ file }) => file) : [],
    images: rest.filter(isImage),
    films: rest.filter(isFilm).map(({ file }) => file),
    idx: rest.filter(({ path }) => idx.test(path)).map(({ file }) => file),
    protocols: protocols.map(({ file }) => file),
    beside: models.length > 0 ? [] : rest.filter(mayTell).map(({ file }) => file),
    others: rest
      .filter((each) => !isImage(each) && !isFilm(each) && !idx.test(each.path) && !mayTell(each))
      .map(({ file }) => file),
  };
}

/** The files of a drop, folders included, in the order of their paths. */
export async function filesOf(transfer: DataTransfer): Promise<FoundFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const found: FoundFile[] = [];
  if (entries.length === 0) for (const file of transfer.files) found.push({ file, path: file.name });
  for (const entry of entries) await walk(entry, found);
  return found.sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

/** The files of a file picker, of a folder as well. */
export function pickedFiles(list: FileList | null): FoundFile[] {
  return [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

async function walk(entry: FileSystemEntry, found: FoundFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const each of some) await walk(each, found);
  }
}

/** The folder that an image lies in, where there are several: its class. */
export function classesOf(images: readonly FoundFile[]): readonly (string | undefined)[] {
  const folders = images.map(({ path }) => path.split("/").slice(0, -1).at(-1));
  return new Set(folders).size > 1 ? folders : folders.map(() => undefined);
}
