/** @file The side of a process that `runApart` started: does its work, says what that gave, and ends. */

/** @param work gets the argument as it was given, and gives plain data */
export async function answerOnce<Argument>(work: (argument: Argument) => Promise<unknown>): Promise<void> {
  const result = await work(JSON.parse(process.argv[2] ?? "null"));
  process.stdout.write(`\n${JSON.stringify(result)}\n`);
}
