/** @file The style sheet of the page. */

import { chartStyle } from "./charts/chart-style.js";
import { paletteStyle } from "./charts/palette.js";

const base = `
:root{color-scheme:light dark;${paletteStyle};
--sans:Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace}
:root:has(#theme-light:checked){color-scheme:light}
:root:has(#theme-dark:checked){color-scheme:dark}
*,::before,::after{box-sizing:border-box}
html{scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 .9375rem/1.55 var(--sans);font-variant-numeric:tabular-nums}
h1,h2,h3,h4,h5,p,ul,dl,dd,figure,fieldset{margin:0;padding:0}
ul{list-style:none}
h1,h2,.lead,.headline b{font-weight:600;letter-spacing:-.022em;font-variant-numeric:lining-nums}
b{font-weight:600}
small,.quiet,figcaption,caption{font-size:.8125rem;color:var(--soft)}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:1rem;top:-4rem;z-index:3;background:var(--surface);padding:.5rem 1rem;border-radius:0 0 4px 4px}
.skip:focus{top:0}
img{display:block;width:100%;height:auto;background:var(--shade)}
img.pixels{image-rendering:pixelated}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;

const head = `
.bar-top,.hero{--accent:var(--on-deep);background:var(--deep);color:var(--on-deep);padding-inline:max(1.25rem,(100% - 84rem)/2)}
.bar-top{display:flex;align-items:center;gap:.9rem;padding-block:.9rem;font-size:.8125rem;color:var(--soft-on-deep)}
.brand{display:flex;align-items:center;gap:.55rem;color:var(--on-deep);text-decoration:none;font:600 1.1875rem/1 var(--sans)}
.brand-mark{width:1.5rem}
.theme{margin-left:auto;border:1px solid var(--rule-on-deep);border-radius:99px;padding:2px;display:flex}
.theme label{position:relative;cursor:pointer}
.theme input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
.theme span{display:block;padding:.15rem .7rem;border-radius:99px;text-transform:capitalize}
.theme :checked+span{background:var(--rule-on-deep);color:var(--on-deep)}
.theme :focus-visible+span{outline:2px solid var(--on-deep)}
.hero{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,33rem);gap:2rem 4rem;align-items:center;overflow:hidden;padding-block:2.5rem 3.25rem}
.hero-words{position:relative;z-index:1}
.hero h1{font:600 1rem/1.4 var(--sans);letter-spacing:0;color:var(--soft-on-deep)}
.hero .lead{font-size:clamp(1.75rem,1rem + 2.3vw,2.9rem);line-height:1.16;margin:.7rem 0 1.6rem;text-wrap:balance;max-width:19ch}
.hero .facts-line{color:var(--soft-on-deep);font-size:.875rem}
.discs{display:grid;grid-template-columns:1fr 1fr;gap:2.25rem}
.discs figure{position:relative}
.disc{position:relative;z-index:1;border-radius:50%;overflow:hidden;aspect-ratio:1;border:1px solid var(--on-deep)}
.disc img{height:100%;object-fit:cover;background:none}
.rings{-webkit-mask-image:linear-gradient(#000 35%,transparent 66%);mask-image:linear-gradient(#000 35%,transparent 66%);position:absolute;left:50%;top:0;width:260%;aspect-ratio:1;translate:-50% -30.77%;fill:none;stroke:var(--on-deep);pointer-events:none}
.discs figcaption{position:relative;text-align:center;margin-top:.9rem;color:var(--soft-on-deep);line-height:1.4}
.discs figcaption b{display:block;color:var(--on-deep);font-size:.9375rem}
.lens{position:relative}
.lens>p{position:relative;text-align:center;color:var(--soft-on-deep);font-size:.8125rem;margin-top:.8rem}
`;

const frame = `
.frame{display:grid;grid-template-columns:11.5rem minmax(0,1fr);gap:3.5rem;padding-inline:max(1.25rem,(100% - 84rem)/2)}
nav{position:sticky;top:0;align-self:start;padding:2.5rem 0;max-height:100vh;overflow:auto;font-size:.875rem}
nav p{font-size:.75rem;color:var(--soft);margin:0 0 .35rem .8rem}
nav ul{margin-bottom:1.4rem;border-left:1px solid var(--rule)}
nav a{display:block;padding:.22rem .8rem;margin-left:-1px;border-left:2px solid transparent;color:var(--soft);text-decoration:none;line-height:1.35}
nav a:hover{color:var(--ink)}
nav a[aria-current]{color:var(--ink);border-color:var(--accent)}
main{padding:2.5rem 0 4rem;min-width:0}
main:focus{outline:none}
section+section{margin-top:4.5rem}
h2{font-size:1.8125rem;line-height:1.2;margin-bottom:.5rem;text-wrap:balance}
h3{font-size:1rem;font-weight:600}
h4,h5{font-size:.9375rem;font-weight:400;line-height:1.35}
.intro{max-width:66ch;color:var(--soft);margin-bottom:1.6rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:2.5rem 2.75rem}
.column{container-type:inline-size;min-width:0;display:flex;flex-direction:column;gap:1.4rem}
.column>*{min-width:0}
.model{border-top:3px solid var(--model);padding-top:.5rem;margin-bottom:-.6rem}
.summary{max-width:70ch;display:grid;gap:.55rem;font-size:1.0625rem;line-height:1.5}
.summary li{padding-left:1.4rem;position:relative}
.summary li::before{content:"";position:absolute;left:0;top:.56em;width:.5rem;height:.5rem;border:1.5px solid var(--accent);border-radius:50%}
.notes{display:grid;gap:.3rem;font-size:.8125rem;color:var(--soft)}
.scroll{position:relative;overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{caption-side:top;text-align:left;padding-bottom:.5rem}
th,td{padding:.34rem .6rem;text-align:left;font-weight:400;border-bottom:1px solid var(--rule);vertical-align:baseline}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-size:.8125rem;vertical-align:bottom}
tbody th{font-weight:600}
@container (max-width:24rem){table{font-size:.8125rem}th,td{padding-inline:.3rem}}
tfoot :is(th,td){border:0;font-weight:600}
.number{text-align:right;white-space:nowrap}
.bar{display:block;height:3px;background:var(--model,var(--accent));border-radius:1px;max-width:100%}
.bar-cell{position:relative}
.bar-cell .bar{position:absolute;right:.6rem;bottom:-1px;max-width:calc(100% - 1.2rem)}
.bar-cell:last-child .bar{right:0;max-width:calc(100% - .6rem)}
.explained small{white-space:nowrap;font-weight:400;border:1px solid var(--rule);border-radius:99px;padding:.05rem .45rem}
details>summary{cursor:pointer;color:var(--accent);font-size:.875rem;padding:.3rem 0;width:fit-content}
details[open]>summary{margin-bottom:.9rem}
.facts{display:grid;gap:0;font-size:.875rem}
.facts>div{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:1rem;padding:.34rem 0;border-bottom:1px solid var(--rule)}
.facts dt{color:var(--soft)}
.facts.wide{grid-template-columns:repeat(auto-fit,minmax(min(100%,23rem),1fr));column-gap:2.75rem}
dd{overflow-wrap:anywhere}
pre{margin:0;padding:1rem 1.2rem;background:var(--surface);border:1px solid var(--rule);border-radius:6px;font:.8125rem/1.7 var(--mono);width:max-content;min-width:100%}
.copy{font:inherit;font-size:.8125rem;margin:.5rem 0 1.2rem;padding:.2rem .8rem;border:1px solid var(--rule);border-radius:99px;background:none;color:var(--accent);cursor:pointer}
#reproduce .scroll{margin-bottom:.8rem}
#reproduce .notes{margin-top:1rem}
footer{border-top:1px solid var(--rule);padding:1.5rem max(1.25rem,(100% - 84rem)/2) 2.5rem;color:var(--soft);font-size:.8125rem}
`;

const results = `
.headline{font-size:.9375rem;line-height:1.3}
.headline b{font-size:2.75rem;line-height:1;margin-right:.25rem;letter-spacing:-.02em}
.headline small{display:block;margin-top:.35rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1rem 1.5rem}
.tiles dt{font-size:.8125rem;color:var(--soft)}
.tiles dd{font-size:1.1875rem;font-weight:600;line-height:1.3}
.tiles small{display:block;font-weight:400}
.wide-chart{container-type:inline-size;max-width:32rem;margin-bottom:2.25rem}
.pair,.charts{display:grid;gap:1.6rem 2.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr))}
.chart-figure figcaption{margin-bottom:.6rem}
.shares td{width:28%}
.shares td small,.shares th small{display:block;font-weight:400}
.shares.narrow{max-width:34rem}
.shares.narrow td{width:50%}
.track{display:block;position:relative;height:8px;margin:.2rem 0;background:var(--shade);border-radius:1px}
.fill,.reach,.mark{position:absolute;inset-block:0;border-radius:1px}
.fill{left:0;background:var(--model,var(--accent))}
.reach{background:var(--paper);opacity:.45}
.mark{width:2px;margin-left:-1px;inset-block:-3px;background:var(--ink)}
.verdict{display:flex;flex-wrap:wrap;gap:1.5rem 2.75rem;align-items:center;margin:1rem 0 1.8rem}
.verdict p{flex:1 1 20rem;max-width:46ch;font-size:1.0625rem}
.four{width:auto}
.four td,.four thead th{text-align:right;padding:.5rem .9rem}
.four .won,.four .lost{background:var(--shade)}
.matrix{width:auto;table-layout:fixed;border-collapse:separate;border-spacing:2px}
.matrix th,.matrix td{border:0;padding:0;text-align:center;font-size:.8125rem}
.matrix tbody td{width:2.3rem;min-width:1.7rem;height:2.1rem;border-radius:3px;background:var(--surface);vertical-align:middle}
.matrix tbody th{padding-right:.5rem;text-align:right;white-space:nowrap;vertical-align:middle;width:1%}
.matrix thead th{padding-bottom:.2rem;color:var(--ink);font-weight:600}
.matrix.upright thead th span{writing-mode:vertical-rl;rotate:180deg;max-height:7rem;display:inline-block}
.matrix .corner{font-size:.6875rem;line-height:1.25;color:var(--soft);padding-right:.5rem;vertical-align:bottom}
.corner span{display:block;white-space:nowrap}
.matrix td.right{background:var(--shade);color:var(--soft)}
.matrix td.wrong{background:color-mix(in srgb,var(--accent) var(--strength),var(--surface))}
.wrong a{display:grid;place-items:center;height:100%;color:var(--ink);font-weight:600;text-decoration:none;border-radius:3px}
.wrong a:hover{outline:2px solid var(--accent)}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,9.5rem),1fr));gap:.9rem 1.2rem}
.pairs p{font-size:.875rem;line-height:1.35;margin-bottom:.3rem}
.pairs small{display:block}
.thumbs{display:flex;flex-wrap:wrap;gap:3px}
.thumbs a{width:2.5rem;border-radius:2px}
.thumbs a:hover{outline:2px solid var(--accent)}
.thumbs .quiet{align-self:center}
:target:not(section){outline:2px solid var(--accent);outline-offset:6px;border-radius:4px}
`;

const pictures = `
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,23rem),1fr));gap:1rem}
.card{container-type:inline-size;background:var(--surface);border:1px solid var(--rule);border-radius:6px;padding:.9rem 1rem 1rem;break-inside:avoid}
.card header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.1rem 1rem;align-items:baseline;margin-bottom:.55rem}
.shots{display:grid;grid-template-columns:repeat(4,1fr);gap:.5rem}
.shots.two{grid-template-columns:repeat(2,1fr)}
.shots.three{grid-template-columns:repeat(3,1fr)}
@container (max-width:17rem){.shots:not(.three,.two){grid-template-columns:repeat(2,1fr)}}
.shot img,.thumbs img,.strip img{border-radius:2px}
.shot figcaption{font-size:.75rem;line-height:1.3;margin-top:.25rem;overflow-wrap:anywhere}
.shot figcaption b{color:var(--ink)}
.odds{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem .7rem;margin-bottom:.7rem;font-size:.8125rem}
.odds>div{display:contents}
.odds dd{display:grid;grid-template-columns:minmax(0,1fr) 4.2rem;align-items:center}
.odds dd span:last-child{text-align:right}
.odds .bar{height:6px;min-width:1px}
.odds .true .bar{background:var(--soft)}
.colour-bars{display:flex;flex-wrap:wrap;gap:.5rem 1.2rem;margin-top:.7rem}
.colour-bar{flex:1 1 8rem;max-width:16rem;font-size:.75rem;line-height:1.3;color:var(--soft)}
.colours{display:block;height:6px;margin:.15rem 0;border-radius:1px}
.ticks{display:flex;justify-content:space-between}
.tried{margin-top:.6rem}
.tried::first-letter{text-transform:uppercase}
.card .notes{margin-top:.6rem}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(5.2rem,1fr));gap:.8rem .6rem}
.gallery.photos{grid-template-columns:repeat(auto-fill,minmax(min(100%,9.5rem),1fr));gap:1.1rem .9rem;align-items:start}
.boxed{position:relative}
.box{position:absolute;border:2px solid #fff;outline:1px solid rgb(0 0 0/.55);outline-offset:-3px;border-radius:2px}
.box.true{border-color:rgb(0 0 0/.65);outline:0}
.box.true::after{content:"";position:absolute;inset:-2px;border:2px dashed #fff}
.box.found{border-color:var(--found,#e69f00)}
.key{display:inline-block;width:.95rem;height:.7rem;vertical-align:-.05rem;margin-right:.3rem;border:2px solid #e69f00;border-radius:2px}
.key.true{border:2px dashed var(--soft)}
.groups{display:grid;gap:1.1rem}
.groups li{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.3rem 1.1rem;align-items:start}
.groups li>img{border-radius:2px}
.groups .thumbs{margin-top:.4rem}
.own-scale{max-width:16rem;margin-bottom:.4rem}
.list-title .quiet{font-weight:400}
.list-title{margin:1.6rem 0 .7rem;font-weight:600;font-size:1rem}
.cards.changes{grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
.cards+details,.column .cards+details{margin-top:.6rem}
.shot small{display:block;font-size:inherit}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:1rem 2rem;margin-top:1.6rem}
.samples b{display:block;font-size:.875rem;margin-bottom:.25rem}
.strip{display:grid;grid-template-columns:repeat(var(--across),minmax(0,3.5rem));gap:3px}
`;

const decisions = `
.stations{--accent:var(--on-deep);background:var(--deep);color:var(--on-deep);padding:0 max(1.25rem,(100% - 84rem)/2) 1.6rem}
.stations ol{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(5,minmax(0,1fr));counter-reset:station}
.stations li{counter-increment:station;position:relative;padding:1.1rem 1rem 0 0;font-size:.8125rem;line-height:1.4;color:var(--soft-on-deep)}
.stations li::before{content:"";position:absolute;top:.3rem;left:0;right:0;height:2px;background:var(--on-deep)}
.stations li.open::before{background:repeating-linear-gradient(90deg,var(--soft-on-deep) 0 4px,transparent 4px 9px)}
.stations li::after{content:"";position:absolute;top:calc(.3rem - 4px);left:0;width:10px;height:10px;border-radius:50%;background:var(--on-deep)}
.stations li.open::after{background:var(--deep);border:2px solid var(--soft-on-deep)}
.stations li:last-child::before{right:auto;width:0}
.stations b{display:block;color:var(--on-deep);font-size:.9375rem}
.stations b::before{content:counter(station) " ";color:var(--soft-on-deep);font-weight:400}
.stations a{display:block;color:inherit;text-decoration:none}
.stations a:hover b{text-decoration:underline}
.stations code{display:block;margin-top:.25rem;font:.75rem/1.5 var(--mono);overflow-wrap:anywhere}
.findings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1.6rem 1.8rem;margin-bottom:2rem}
.findings li{display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.4rem 1rem;align-items:start}
.findings img{border-radius:4px}
.name{font-weight:inherit;border:1px solid color-mix(in srgb,currentColor 38%,transparent);border-radius:.4em;padding:0 .28em .04em;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.lead .name{font-size:.9em;padding:0 .22em .02em;border-radius:.28em;line-height:1}
.further{margin-top:2.2rem}
.further .model{margin-bottom:.9rem}
.further details{margin-top:.6rem}
.steps{list-style:none;margin:0;padding:0;display:grid;gap:1.1rem;counter-reset:step;max-width:60rem}
.steps li{counter-increment:step;background:var(--surface);border:1px solid var(--rule);border-radius:6px;padding:1rem 1.2rem 1.1rem;display:grid;gap:.45rem;break-inside:avoid;min-width:0}
.steps h3::before{content:counter(step) ". ";color:var(--soft);font-weight:400}
.steps pre{background:var(--paper);padding:.55rem .8rem}
.steps .copy{margin:0;justify-self:start}
.hypotheses{display:grid;gap:1.2rem;margin-bottom:1.6rem;max-width:60rem}
.hypotheses li{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.4rem 1.2rem;align-items:start}
.hypotheses img{border-radius:4px}
.no-place{display:grid;place-items:center;aspect-ratio:1;padding:.6rem;text-align:center;border:1px dashed var(--rule);border-radius:4px;font-size:.75rem;color:var(--soft)}
#repair h3 small{font-weight:400;border:1px solid var(--rule);border-radius:99px;padding:.05rem .45rem}
#proof .headline{margin-bottom:.9rem}
#proof .scroll{margin-top:1.2rem}
.effect{font-size:.875rem;color:var(--soft)}
.effect b{color:var(--ink)}
.with-script{display:none}
.scripted .with-script{display:inline}
#labels .quiet+p{margin-top:.9rem}
.queue{margin-top:1rem}
.verdicts{border:0;display:flex;flex-wrap:wrap;gap:.3rem;margin-top:.45rem}
.verdicts label{position:relative;cursor:pointer}
.verdicts input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
.verdicts span{display:block;padding:.15rem .6rem;border:1px solid var(--rule);border-radius:99px;font-size:.8125rem}
.verdicts :checked+span{background:var(--accent);border-color:var(--accent);color:var(--paper)}
.verdicts :focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}
.save{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin-top:1.2rem}
.save button{font:inherit;font-size:.875rem;padding:.35rem 1rem;border:1px solid var(--accent);border-radius:99px;background:none;color:var(--accent);cursor:pointer}
`;

const concepts = `
.concepts{display:grid;gap:1.4rem;margin-top:1.2rem}
.concept{background:var(--surface);border:1px solid var(--rule);border-top:4px solid var(--concept);border-radius:6px;padding:1rem 1.2rem 1.3rem;min-width:0}
.concept header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;justify-content:space-between}
.concept h4{font-weight:600;font-size:.875rem;margin:1.1rem 0 .5rem}
.says{max-width:70ch;margin-top:.4rem}
.badge{display:inline-grid;place-items:center;min-width:1.6em;height:1.6em;margin-right:.2em;border:.22em solid var(--concept);border-radius:99px;font-size:.8125rem;font-weight:600;line-height:1;color:var(--ink);background:var(--surface)}
.patches{display:grid;grid-template-columns:repeat(5,minmax(0,10rem));gap:.7rem}
.concept-parts{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:0 2.2rem}
.concept-parts .column{gap:0}
.concept-maps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,7rem),1fr));gap:.8rem;align-items:start}
.concept-key{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;margin-bottom:1rem;font-size:.875rem}
.together{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:1.1rem;align-items:start}
@media (max-width:52rem){
.concept-parts{grid-template-columns:minmax(0,1fr)}
.patches{grid-template-columns:repeat(auto-fill,minmax(min(45%,7rem),1fr))}
}
`;

const narrow = `
@media (max-width:68rem){
.frame{display:block}
nav{position:sticky;z-index:2;margin-inline:-1.25rem;padding:0 1.25rem;background:var(--paper);border-bottom:1px solid var(--rule);display:flex;overflow-x:auto;white-space:nowrap}
nav p{display:none}
nav ul{display:flex;border:0;margin:0}
nav ul:first-of-type{margin-left:-.55rem}
nav a{padding:.7rem .55rem;margin:0;border-left:0;border-bottom:2px solid transparent}
html{scroll-padding-top:4rem}
}
@media (max-width:52rem){
.hero{grid-template-columns:minmax(0,1fr);padding-block:1.5rem 2.5rem}
.discs{max-width:26rem;margin-inline:auto}
.stations ol{grid-template-columns:minmax(0,1fr)}
.stations li{padding:0 0 .9rem 1.4rem}
.stations li::before{top:.45rem;bottom:-.45rem;right:auto;left:4px;width:2px;height:auto}
.stations li.open::before{background:repeating-linear-gradient(180deg,var(--soft-on-deep) 0 4px,transparent 4px 9px)}
.stations li::after{top:.35rem}
section+section{margin-top:3.5rem}
.bar-top p{display:none}
.card{padding:.8rem}
}
@media print{
:root{color-scheme:light!important;print-color-adjust:exact;-webkit-print-color-adjust:exact}
html{font-size:10pt}
body{background:none}
nav,.theme,.skip,.copy,.rings,.save,.verdicts{display:none!important}
.bar-top,.hero,.stations{--on-deep:#000;--soft-on-deep:#444;--deep:#fff;padding-inline:0}
.frame{display:block;padding-inline:0}
.hero .lead{font-size:20pt}
section+section{margin-top:2rem}
h2,h3,h4,.intro{break-after:avoid}
.card,.pairs li,.samples li,svg,tr{break-inside:avoid}
.scroll{overflow:visible}
details>summary{display:none}
details::details-content{content-visibility:visible;block-size:auto}
}
`;

export const style = [base, head, frame, results, chartStyle, pictures, decisions, concepts, narrow].join("").trim();
