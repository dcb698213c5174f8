/** @file The page's script: comforts only, everything is there without it. */

/** Remembers the theme, marks the section being read, unfolds sections for links and printers, and copies commands. */
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
})();`;

/** SHA-256 of `script`, by which the page's content policy lets it run and nothing else. */
export const scriptHash = "sha256-ZOQaz0hJkS15k4egedsF+QWTlBel31YGUH3C4bCzEpM=";
