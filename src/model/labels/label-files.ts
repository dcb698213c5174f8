/** @file The names that files of labels usually have. */

/** What such files are called, without their ending, the surest first. */
const stems: readonly RegExp[] = [
  /^(class_?)?labels?(_?map)?$/i,
  /^class(es|_?names?|_?list|_?ind(ex|ices))$/i,
  /^(names|categories|synsets?(_?words)?|metadata|data|dataset)$/i,
  /^imagenet_?(1000|1k)?_?(class_?index|class(es)?|labels?|synsets?)(_?(list|names))?$/i,
  // With the model's own name, or another's, in it.
  /(^|[._-])(class(es)?|class_?(names|labels|ind(ex|ices))|labels?(_?map)?|names|synsets?)([._-]|$)/i,
];
const endings = /\.(txt|json|csv|tsv|ya?ml|names|pbtxt|dict|lst)$/i;

/** How likely a file holds class names, by its name: 0 is surest; undefined for other files. */
export function labelFileRank(file: string): number | undefined {
  const stem = file.replace(endings, "");
  if (stem === file) return undefined;
  const rank = stems.findIndex((pattern) => pattern.test(stem));
  if (rank >= 0) return rank;
  return /\.names$/i.test(file) ? stems.length : undefined;
}

/** The files of a folder that may hold class names, the likeliest first. @param files names without folders */
export function labelFilesAmong(files: readonly string[]): string[] {
  const ranked = files.flatMap((file) => {
    const rank = labelFileRank(file);
    return rank === undefined ? [] : [{ file, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || (a.file < b.file ? -1 : 1)).map(({ file }) => file);
}
