/** @file The style of the drawings: charts and networks. */

export const chartStyle = `
.chart{display:block;width:100%;max-width:32rem;height:auto;overflow:visible;font-size:10.5px;--line:var(--model,var(--accent))}
@container (max-width:25rem){.chart{font-size:12px}}
.chart text{fill:var(--soft)}
.chart path{fill:none;stroke:var(--rule)}
.chart .axis path{stroke:var(--soft)}
.chart .middle text{text-anchor:middle}
.chart .below{text-anchor:middle}
.chart .end text,.chart text.end{text-anchor:end}
.chart .axis-name text{fill:var(--ink)}
.chart .line path{stroke:var(--line);stroke-width:2;stroke-linejoin:round}
.chart .line circle{fill:var(--line)}
.chart .line.quiet path{stroke:var(--soft);stroke-width:1.25;stroke-dasharray:3 3}
.chart .line.quiet circle{fill:var(--soft)}
.chart .line-name{fill:var(--line);font-weight:600}
.chart .line-name.line-1{fill:var(--soft);font-weight:400}
.precision .line-name:not(.line-0){fill:var(--soft);font-weight:400}
.chart .mark path{stroke:var(--ink);stroke-width:1}
.chart .mark text{fill:var(--ink);text-anchor:middle}
.chart .interval text{fill:var(--ink);font-size:1.1em;font-weight:600}
.chart .interval path{stroke:var(--line);stroke-width:3;stroke-linecap:round}
.chart .interval circle{fill:var(--line);stroke:var(--paper);stroke-width:2}
.wide-chart .line-0{--line:var(--model-0)}
.wide-chart .line-1{--line:var(--model-1)}
.wide-chart .line-2{--line:var(--model-2)}
.wide-chart .line-3{--line:var(--model-3)}
.reliability .diagonal{stroke:var(--soft);stroke-dasharray:2 4}
.reliability .bin path{stroke:var(--line);stroke-width:1.5;opacity:.55}
.reliability .bin circle{fill:var(--line)}
.reliability .bars rect{fill:var(--line);opacity:.7}
.chart .signed .name{fill:var(--ink);font-weight:600}
.chart .signed path{stroke:var(--ink);stroke-width:1.5}
.signed rect{fill:var(--model-1)}
.signed.below-zero rect{fill:var(--model-3)}
.bars-across rect{fill:var(--line);opacity:.8}
.bars-across .name{fill:var(--ink)}
.network{display:block;max-width:100%;height:auto;font-size:11px}
.network text{fill:var(--ink);text-anchor:middle;font-weight:600}
.network .shape{fill:var(--soft);font-weight:400;font-size:10.5px}
.network .block{stroke:var(--surface);stroke-width:.75;stroke-linejoin:round;--face:color-mix(in srgb,var(--model) 28%,var(--surface))}
.network .weights{--face:var(--model)}
.network .front{fill:var(--face)}
.network .top{fill:color-mix(in srgb,var(--face) 62%,var(--surface))}
.network .side{fill:color-mix(in srgb,var(--face) 80%,var(--ink))}
.network .ring{fill:none;stroke:var(--ink);stroke-width:1.25}
`;
