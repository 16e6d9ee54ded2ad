/** The page's style sheet: text in a serif, numbers in tabular figures, rules in the manner of booktabs. */
export const style = `
:root {
  --paper: #fdfdfb; --ink: #202124; --soft: #5d6167; --rule: #dcdcd6; --strong: #8d9096; --tint: #f4f3ee; --link: #00588c; --note: #9a5600; --shade: rgb(32 33 36 / .3);
  --serif: "Iowan Old Style", "Palatino Nova", Palatino, "Palatino Linotype", "Book Antiqua", Charter, Georgia, serif;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Open Sans", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #15171a; --ink: #e6e4df; --soft: #a2a6ad; --rule: #33363c; --strong: #6c7077; --tint: #1d2024; --link: #7fc4f0; --note: #e2a04a; --shade: rgb(0 0 0 / .85); }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0 auto; padding: 3.5rem 1.5rem 5rem; max-width: 70rem; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 var(--serif); overflow-wrap: break-word; text-rendering: optimizeLegibility; }
h1 { margin: 0 0 .5rem; font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.3rem); font-weight: 600; line-height: 1.2; letter-spacing: -.012em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { margin: 0 0 1rem; font-size: 1.35rem; font-weight: 600; line-height: 1.3; letter-spacing: -.006em; }
p { max-width: 44rem; margin: 0 0 1rem; }
a { color: var(--link); text-decoration-thickness: .06em; text-underline-offset: .18em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
code { font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
section { margin: 3.25rem 0 0; scroll-margin-top: 1rem; }
#summary { margin-top: 2rem; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 0; font: .875rem/1.5 var(--sans); color: var(--soft); max-width: none; }
.facts b { font-weight: 500; color: var(--ink); overflow-wrap: anywhere; }
.note { padding: .1rem 0 .1rem 1rem; border-left: 3px solid var(--note); }
.note strong { font-weight: 600; color: var(--note); }
dl.summary { margin: 0; max-width: 44rem; }
.summary dt { font-weight: 600; }
.summary dd { margin: 0 0 .9rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.3rem; margin: 2rem 0 0; padding: .7rem 0; border-block: 1px solid var(--rule); font: .875rem/1.5 var(--sans); }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.block { margin: 0 0 2.4rem; }
.caption { max-width: 48rem; margin: 0 0 .6rem; font: .9rem/1.5 var(--sans); color: var(--soft); }
.caption b { font-weight: 600; color: var(--ink); }
summary { cursor: pointer; }
details > summary:not(.caption) { font: .95rem/1.5 var(--sans); }
details > summary { margin-bottom: .8rem; }
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--paper) 40%, transparent) 0 / 3rem 100% local no-repeat, linear-gradient(to left, var(--paper) 40%, transparent) 100% / 3rem 100% local no-repeat, linear-gradient(to right, var(--shade), transparent) 0 / .8rem 100% scroll no-repeat, linear-gradient(to left, var(--shade), transparent) 100% / .8rem 100% scroll no-repeat; }
caption { padding: 0; text-align: left; }
caption > .caption { position: sticky; left: 0; display: inline-block; max-width: min(48rem, calc(100vw - 2.5rem)); }
table { border-collapse: collapse; width: 100%; font: .9rem/1.4 var(--sans); font-variant-numeric: tabular-nums lining-nums; border-block: 1.5px solid var(--ink); }
thead th.right { white-space: normal; }
thead th { font-weight: 500; color: var(--soft); vertical-align: bottom; text-wrap: balance; }
thead tr:last-child th, thead th[rowspan], thead th.over { border-bottom: 1px solid var(--strong); }
thead th.over { text-align: center; border-bottom-color: var(--rule); }
th, td { padding: .34rem .8rem; text-align: left; font-weight: 400; vertical-align: middle; }
th.first, td.first { padding-left: .2rem; }
th.from, td.from { padding-right: .2rem; }
tbody + tbody { border-top: 1px solid var(--rule); }
tbody tr:first-child > * { padding-top: .6rem; }
tbody tr:last-child > * { padding-bottom: .6rem; }
.group th { padding-bottom: .15rem; font: italic 1rem/1.4 var(--serif); }
.right { text-align: right; white-space: nowrap; }
.left .value { overflow-wrap: anywhere; }
th.left { min-width: 7rem; }
.left.short .value { white-space: nowrap; overflow-wrap: break-word; }
.best { font-weight: 700; }
.number { color: inherit; text-decoration: underline dotted; text-decoration-color: var(--strong); }
.number:hover { color: var(--link); text-decoration: underline; }
sup { font-size: .72em; line-height: 0; }
tr.baseline { color: var(--soft); }
tr.baseline > th.first { padding-left: 2.6rem; }
.interval, .remark { color: var(--soft); font-size: .9em; font-weight: 400; }
.remark { display: block; }
td.drawn, th.drawn { white-space: nowrap; }
th.drawn { font-size: .8rem; }
.range { display: block; overflow: visible; }
.range .scale { stroke: currentColor; stroke-width: 1; opacity: .14; }
.range .reference { stroke: currentColor; stroke-width: 1; opacity: .4; stroke-dasharray: 2 2; }
.swatch { flex: none; width: 30px; height: 12px; margin-right: .6rem; vertical-align: baseline; }
th.from, td.from { width: 1%; white-space: nowrap; font-size: .8rem; text-align: right; }
.links { font-size: .8rem; }
.source { color: var(--soft); text-decoration: none; padding: .1rem; }
.source:hover { color: var(--link); text-decoration: underline; }
.notes { margin: .55rem 0 0; font: .8125rem/1.55 var(--sans); color: var(--soft); max-width: 48rem; }
figure { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.5rem; margin: 0 0 .7rem; padding: 0; list-style: none; font: .875rem/1.5 var(--sans); max-width: 48rem; }
.legend li { display: flex; align-items: center; min-width: 0; }
.legend span { overflow-wrap: anywhere; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1rem 1.25rem; margin-bottom: .8rem; }
.panels.even { grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); }
.even .drawing svg { max-width: 33rem; }
.panels.large { grid-template-columns: 1fr; }
.panel { min-width: 0; display: flex; flex-direction: column; }
.panel-title { margin: 0 0 .2rem; font: 500 .875rem/1.4 var(--sans); color: var(--ink); }
.drawing svg { display: block; width: 100%; max-width: 24rem; height: auto; }
.panel .legend { font-size: .8125rem; }
.files { font: .75rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.large .drawing svg { max-width: 46rem; }
.narrow { display: none; }
.missing div { display: flex; flex-wrap: wrap; gap: 0 .8rem; padding: .4rem 0; border-bottom: 1px solid var(--rule); }
.missing dt { font-weight: 600; }
.missing dd { margin: 0; color: var(--soft); }
.sources { font-size: .8125rem; }
.sources tr, .sets li { scroll-margin-top: 2rem; }
.sources tr:target, .sets li:target { background: var(--tint); }
.sources code { overflow-wrap: normal; }
.sets { padding-left: 1.2rem; font: .8125rem/1.6 var(--sans); }
@media (max-width: 46rem) {
  body { padding: 1.8rem 1rem 3rem; font-size: 1rem; }
  section { margin-top: 2.5rem; }
  .drawn { display: none; }
  th, td { padding: .34rem .4rem; }
  th.left { min-width: 5.2rem; }
  .left.short .value { white-space: normal; }
  th .swatch { display: block; width: 26px; margin: 0 0 .1rem; }
  tr.baseline > th.first { padding-left: .9rem; }
  .interval { display: block; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --rule: #bbb; --strong: #777; --tint: #fff; --link: #000; --note: #000; color-scheme: light; }
  @page { margin: 18mm 16mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  section { margin-top: 1.6rem; }
  h2, .caption, .panel-title { break-after: avoid; }
  figure, tr, .sets li { break-inside: avoid; }
  .scroll { overflow: visible; background: none; }
  .sources code { overflow-wrap: anywhere; }
  table { font-size: 8pt; }
  th, td { padding: .2rem .35rem; }
  .range { width: 110px; }
  .range, .drawing svg, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { display: block; content-visibility: visible; block-size: auto; }
  .source { color: inherit; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
`;
