/** The style sheet of every page: for screens from 320 pixels on, light and dark. */
export const explorerStyle = `
:root {
  --paper: #fdfdfb; --ink: #202124; --soft: #5d6167; --rule: #dcdcd6; --tint: #f4f3ee; --link: #00588c;
  --chosen: #00604a; --rejected: #a03c00; --chosen-mark: #cdeee3; --rejected-mark: #fbdfcd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --ink: #e6e4df; --soft: #a2a6ad; --rule: #33363c; --tint: #1d2024; --link: #7fc4f0;
    --chosen: #5fd3ae; --rejected: #f0a377; --chosen-mark: #12443a; --rejected-mark: #55301c;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 84rem; background: var(--paper); color: var(--ink);
  font: .9375rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Open Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 .75rem; font-size: 1.2rem; }
h3 { margin: .75rem 0 .25rem; font-size: .95rem; }
h3 small { color: var(--soft); font-weight: 400; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, button:focus-visible, select:focus-visible, input:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav { color: var(--soft); font-size: .875rem; }
.pager { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 1rem 0; }
.pager b { color: var(--ink); font-weight: 500; }
.facts { display: flex; flex-wrap: wrap; gap: .15rem 1.5rem; margin: 0 0 1rem; }
.facts div { display: flex; gap: .45rem; min-width: 0; }
.facts dt { color: var(--soft); flex: none; }
.facts dd { margin: 0; min-width: 0; }
form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; padding: .75rem; background: var(--tint); border-radius: 4px; }
label { display: flex; flex-direction: column; gap: .15rem; font-size: .8125rem; color: var(--soft); }
select, input, button { font: inherit; font-size: .875rem; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: 3px; padding: .25rem .4rem; max-width: 100%; }
input { width: 7rem; }
button { cursor: pointer; padding-inline: .9rem; }
.parts { display: flex; gap: 1.25rem; }
.legend { color: var(--soft); font-size: .875rem; }
.card { margin: 0 0 1.25rem; padding: .75rem; border: 1px solid var(--rule); border-radius: 4px; }
.card header { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin-bottom: .5rem; font-size: .875rem; }
.card header i, .facts i { color: var(--soft); font-style: normal; }
.text { white-space: pre-wrap; tab-size: 4; font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.card > .text, section > .text, details > .text { padding: .5rem .6rem; background: var(--tint); border-radius: 3px; }
details { margin-bottom: .8rem; }
.rest { margin: .25rem 0 0; color: var(--soft); font-size: .8125rem; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin-top: .25rem; }
.sides section { min-width: 0; border-top: 3px solid; padding-top: .1rem; }
.sides h3 { text-transform: capitalize; }
.sides small { text-transform: none; }
.sides .chosen { border-color: var(--chosen); }
.sides .rejected { border-color: var(--rejected); }
mark { color: inherit; background: var(--tint); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: .2em; }
.chosen mark { background: var(--chosen-mark); text-decoration-color: var(--chosen); }
.rejected mark { background: var(--rejected-mark); text-decoration-color: var(--rejected); text-decoration-style: dashed; }
.right { color: var(--chosen); }
.wrong { color: var(--rejected); }
.scroll { overflow-x: auto; }
.scroll :is(th, td) { overflow-wrap: normal; }
.scroll .wide { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; font-weight: 400; vertical-align: top; border-bottom: 1px solid var(--rule); }
thead th { color: var(--soft); font-size: .8125rem; }
td.wide { min-width: 14rem; }
.output { margin-right: 1.25rem; white-space: nowrap; }
.reason { padding-left: 1.25rem; color: var(--soft); }
.waterfall { max-width: 46rem; margin-bottom: 1rem; }
.waterfall table { margin-top: .4rem; }
summary { cursor: pointer; color: var(--soft); }
.bar { display: block; width: 100%; min-width: 6rem; height: .6rem; margin-top: .4rem; }
.kept rect { fill: var(--chosen); }
.lost rect { fill: var(--rejected); }
.lineage { margin-bottom: 2rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; }
figcaption { font-weight: 500; font-size: .875rem; }
figure svg { display: block; width: 100%; max-width: 24rem; height: auto; }
@media (max-width: 46rem) {
  body { padding: .75rem .75rem 3rem; }
  .sides { grid-template-columns: 1fr; }
}
`;
