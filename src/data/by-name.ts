/** @file The order of names of files: numbers in them count as numbers. */

export const byName = new Intl.Collator("en", { numeric: true });
