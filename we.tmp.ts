import { drawCaptionedScenes } from "/work/wt/texts/src/data/scenes/draw-captioned.js";
import { wordEvidence, ratioOfWord } from "/work/wt/texts/src/evaluate/texts/word-evidence.js";
import { loadModel } from "/work/wt/texts/src/explain/node.js";
const [file, ...words] = process.argv.slice(2);
const scenes = drawCaptionedScenes({ seed: 1, count: 4000 });
for (const score of ["softmax","cosine"] as const) for (const method of ["grad-cam","hires-cam"]) {
const m = await loadModel(file, { texts: { texts: words, score } });
const f = await wordEvidence(m, words, scenes, { count: 200, explaining: { method } });
console.log(score, method, f.length, words.map((w,k)=>`${w} ${JSON.stringify(ratioOfWord(f,k))}`).join(" "));
}
