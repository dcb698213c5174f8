/** @file Stands in for the program: writes notes, progress and a picture as commands do, and goes on until it is ended where it is told to. */

const [command, ...args] = process.argv.slice(2);
process.stderr.write("photo.png: a model\nexplaining: 1 of 4 (25 %), 3 s left\nreading: 2 of 4 (50 %)\n");
if (args.includes("--layer=endless")) setInterval(() => undefined, 1000);
else {
  process.stdout.write(Buffer.from("\u0089PNG, and the rest", "latin1"));
  process.stderr.write(`${[command, ...args].join(" ")}\n`);
}
