/** @file The page's script: comforts, and the queue of labels, whose decisions are saved as a file. All else is there without it. */

import { labelChangeColumns, verdicts } from "../../data/label-changes.js";

/** Remembers the theme, marks the section being read, unfolds sections for links and printers, copies commands, and asks about labels. */
export const script = `(() => {
const kept = (act) => { try { return act(localStorage); } catch { return null; } };
const themes = document.querySelectorAll("input[name=theme]");
const theme = kept((store) => store.getItem("fovea-theme"));
for (const input of themes) {
  if (input.value === theme) input.checked = true;
  input.addEventListener("change", () => kept((store) => store.setItem("fovea-theme", input.value)));
}
const unfold = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target && target.closest("details:not([open])");
  if (!fold) return;
  fold.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
let folded = [];
addEventListener("beforeprint", () => { folded = [...document.querySelectorAll("details:not([open])")]; for (const fold of folded) fold.open = true; });
addEventListener("afterprint", () => { for (const fold of folded) fold.open = false; });
const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const mark = (id) => { for (const [key, link] of links) key === id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"); };
if ("IntersectionObserver" in window) {
  const watch = new IntersectionObserver((entries) => { for (const entry of entries) if (entry.isIntersecting) mark(entry.target.id); }, { rootMargin: "-15% 0px -80% 0px" });
  for (const id of links.keys()) watch.observe(document.getElementById(id));
}
for (const code of document.querySelectorAll("pre")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => navigator.clipboard.writeText(code.textContent).then(() => { button.textContent = "Copied"; setTimeout(() => { button.textContent = "Copy"; }, 1500); }, () => {}));
  code.closest(".scroll").after(button);
}
const element = (name, fields, ...children) => { const made = Object.assign(document.createElement(name), fields); made.append(...children); return made; };
const queue = [...document.querySelectorAll("[data-change]")].map((card, i) => {
  const [path, row] = JSON.parse(decodeURIComponent(card.dataset.change));
  const legend = element("legend", { className: "hidden", textContent: "Verdict on " + path });
  const choices = ${JSON.stringify(verdicts)}.map((verdict) => element("label", {}, element("input", { type: "radio", name: "verdict-" + i, value: verdict }), element("span", { textContent: verdict })));
  card.append(element("fieldset", { className: "verdicts" }, legend, ...choices));
  return { row, verdict: () => card.querySelector(":checked")?.value ?? "" };
});
if (queue.length > 0) {
  const state = element("output", { className: "quiet" });
  const tell = () => { state.textContent = queue.filter(({ verdict }) => verdict()).length + " of " + queue.length + " decided"; };
  const save = element("button", { type: "button", textContent: "Save label-changes.csv" });
  save.addEventListener("click", () => {
    const rows = [${JSON.stringify(labelChangeColumns.join(","))}, ...queue.map(({ row, verdict }) => row + verdict())];
    const text = rows.map((row) => row + "\\r\\n").join("");
    element("a", { href: "data:text/csv;charset=utf-8," + encodeURIComponent(text), download: "label-changes.csv" }).click();
  });
  document.querySelector(".queue").append(element("p", { className: "save" }, save, state));
  document.querySelector(".queue").addEventListener("change", tell);
  tell();
}
document.documentElement.classList.add("scripted");
})();`;

/** SHA-256 of `script`, by which the page's content policy lets it run and nothing else. */
export const scriptHash = "sha256-OqahervUn+WbSKSOMJJbBMDnrTd6PtDLshXW4fu+cpE=";
