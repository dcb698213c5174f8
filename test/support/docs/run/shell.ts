/** @file The commands of a block of shell, one after the other, as far as they can be told apart. */

/** Splits a block into commands: lines that go on, and quotes and parentheses that are open, belong together. */
export function commandsOf(code: string): string[] {
  const commands: string[] = [];
  let open = "";
  for (const line of code.split("\n")) {
    const text = open === "" ? withoutComment(line) : `${open}\n${withoutComment(line)}`;
    open = isOpen(text) ? text : "";
    if (open === "" && text.trim() !== "") commands.push(text.trim());
  }
  return open === "" ? commands : [...commands, open.trim()];
}

function withoutComment(line: string): string {
  for (const { index } of line.matchAll(/(?<=^|\s)#/g))
    if (quoteAt(line, index) === "") return line.slice(0, index).trimEnd();
  return line.trimEnd();
}

/** The quote that is open at a place of a text; empty if none is. */
function quoteAt(text: string, end = text.length): string {
  let quote = "";
  for (let i = 0; i < end; i++) {
    const letter = text[i] ?? "";
    if (letter === "\\" && quote !== "'") i++;
    else if (quote === "" && /["']/.test(letter)) quote = letter;
    else if (letter === quote) quote = "";
  }
  return quote;
}

function isOpen(text: string): boolean {
  if (/(\\|\||&&|\bdo)$/.test(text) || quoteAt(text) !== "") return true;
  const bare = text.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, "");
  return (bare.match(/\(/g)?.length ?? 0) > (bare.match(/\)/g)?.length ?? 0);
}

/** The words of a command that needs no shell; undefined for one with variables, pipes, redirections or patterns. */
export function wordsOf(command: string): string[] | undefined {
  const bare = command.replace(/'[^']*'|"[^"$`]*"/g, "");
  if (/[|&;<>()$`*?~\\]|\{.*[.,].*\}|^\w+=/.test(bare)) return undefined;
  const words = command.match(/(?:[^\s"']|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
