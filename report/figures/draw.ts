import type { Config, TopLevelSpec } from 'vega-lite';

export type Pen = (spec: TopLevelSpec) => Promise<string>;

/**
 * Draws Vega-Lite specifications as SVG text. Equal specifications in equal order give equal text: widths of labels are
 * estimated, never measured with fonts of this machine, and ids count from the first drawing of a pen. Vega takes about
 * half a second of CPU to load, so it is loaded by whoever draws and not by whoever imports this room.
 */
export async function createPen(): Promise<Pen> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  estimateWidths(vega);
  vega.resetSVGDefIds();
  return (spec) => new vega.View(vega.parse(compile({ ...spec, config }).spec), { renderer: 'none', logLevel: vega.Error }).toSVG();
}

/** With the package `canvas` installed Vega would measure text by it. The switch is exported and missing in the types. */
function estimateWidths(vega: object): void {
  const { textMetrics } = vega as { textMetrics: { canvas(use: boolean): void } };
  textMetrics.canvas(false);
}

/** Colours are the page's own (currentColor), so that a drawing works on light and dark paper. */
const config: Config = {
  background: 'transparent',
  font: 'ui-sans-serif, system-ui, sans-serif',
  aria: false,
  mark: { aria: false },
  padding: 6,
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    labelOpacity: 0.8,
    titleColor: 'currentColor',
    titleFontWeight: 'normal',
    titleOpacity: 0.9,
    titlePadding: 8,
    titleLimit: 0,
    labelLimit: 0,
    labelFontSize: 12,
    titleFontSize: 12.5,
    domainColor: 'currentColor',
    domainOpacity: 0.45,
    tickColor: 'currentColor',
    tickOpacity: 0.45,
    tickSize: 4,
    gridColor: 'currentColor',
    gridOpacity: 0.1,
  },
  axisY: { domain: false, ticks: false, labelPadding: 6 },
  axisX: { grid: false },
};
