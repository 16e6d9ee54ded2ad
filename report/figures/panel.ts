import type { TopLevelSpec } from 'vega-lite';
import type { FigurePanel, FigureSeries } from '../../schemas/index.ts';
import { styleOf } from './series.ts';

/** Sizes of the axes in pixels. */
export interface PanelSize {
  width: number;
  height: number;
}

/** Height of the strip of residuals below a fitted curve. */
const RESIDUALS = 52;

/** A panel as a Vega-Lite specification; below a fitted law its residuals. */
export function panelSpec(panel: FigurePanel, size: PanelSize): TopLevelSpec {
  const frame = frameOf(panel, size);
  const main = { ...size, layer: layersOf(panel, frame) };
  const laws = panel.series.filter(({ law }) => law !== undefined);
  if (laws.length === 0) return main as unknown as TopLevelSpec;
  const strip = { width: size.width, height: RESIDUALS, layer: residualLayers(laws, frame) };
  return { vconcat: [main, strip], spacing: 10 } as unknown as TopLevelSpec;
}

type Encoding = Record<string, unknown>;
type Layer = Record<string, unknown>;

/** The axes of a panel. Values of x are put on a linear scale here, so that every scale may have ticks and labels of its own. */
interface Frame {
  place: (x: number) => number;
  x: Encoding;
  y: Encoding;
  ends: [low: number, high: number];
  /** Width of a pixel on the scale of x. */
  pixel: number;
}

function frameOf({ x, y, series }: FigurePanel, { width }: PanelSize): Frame {
  const place = x.scale === 'log2' || x.scale === 'log sqrt2' ? (value: number) => Math.log2(Math.max(value, 1e-9)) : (value: number) => value;
  const ticks = x.ticks.map(({ at, label }) => ({ at: place(at), label }));
  const places = [...ticks.map(({ at }) => at), ...series.flatMap(({ points }) => points.map((point) => place(point.x)))];
  const [least, most] = places.length === 0 ? [0, 1] : [Math.min(...places), Math.max(...places)];
  const margin = x.scale === 'category' ? 0.5 : least === most ? 1 : (most - least) * 0.03;
  const ends: [number, number] = [least - margin, most + margin];
  const labels = `${JSON.stringify(ticks.map(({ label }) => label))}[indexof(${JSON.stringify(ticks.map(({ at }) => at))}, datum.value)]`;
  return {
    place,
    ends,
    pixel: (ends[1] - ends[0]) / width,
    x: {
      field: 'x',
      type: 'quantitative',
      scale: { domain: ends, nice: false, zero: false },
      axis: { title: x.label, values: ticks.map(({ at }) => at), labelExpr: labels, labelOverlap: 'greedy', labelFlush: false },
    },
    y: {
      field: 'y',
      type: 'quantitative',
      scale: { domain: valueDomain(series, y.zero), nice: false, zero: false, clamp: true },
      axis: { title: y.label === '' ? null : y.label, tickCount: 5 },
    },
  };
}

/** What the values and their intervals need, with a little room; shares stay between 0 and 1. */
function valueDomain(series: readonly FigureSeries[], zero: boolean): [number, number] {
  const values = series.flatMap(({ points, law }) => [
    ...points.flatMap(({ estimate: { value, interval } }) => (value === null ? [] : [value, ...(interval ?? [])])),
    ...(law?.band.flatMap(({ low, high }) => [low, high]) ?? []),
  ]);
  if (values.length === 0) return [0, 1];
  const least = values.reduce((found, value) => Math.min(found, value), zero ? 0 : Infinity);
  const most = values.reduce((found, value) => Math.max(found, value), -Infinity);
  const room = (most - least) * 0.06 || Math.abs(most) * 0.1 || 1;
  const isShare = least >= 0 && most <= 1;
  return [zero ? 0 : isShare ? Math.max(0, least - room) : least - room, isShare ? Math.min(1, most + room) : most + room];
}

/** References below, then bands, whiskers and lines; the first model is drawn last. */
function layersOf(panel: FigurePanel, frame: Frame): Layer[] {
  const models = panel.series.filter(({ role }) => role === 'series');
  const references = panel.series.filter(({ role }) => role === 'reference');
  const shiftOf = (index: number): number => (panel.whiskers ? (index - (models.length - 1) / 2) * 3.5 * frame.pixel : 0);
  const shifted = models.map((series, index) => ({ series, shift: shiftOf(index) }));
  return [
    ...references.flatMap((series) => lineLayers(series, 0, frame)),
    ...shifted.toReversed().flatMap(({ series, shift }) => [
      ...lawLayers(series, frame),
      ...(panel.whiskers ? [whiskers(series, shift, frame)] : []),
      ...lineLayers(series, shift, frame),
    ]),
  ];
}

interface PlottedPoint {
  x: number;
  y: number;
  /** Points of one stretch are joined; a missing value ends a stretch. */
  stretch: number;
}

function spotsOf({ points, role }: FigureSeries, shift: number, { place, ends }: Frame): PlottedPoint[] {
  const spots: PlottedPoint[] = [];
  let stretch = 0;
  for (const { x, estimate } of points) {
    if (estimate.value === null) stretch += 1;
    else spots.push({ x: place(x) + shift, y: estimate.value, stretch });
  }
  const [only, ...more] = spots;
  if (role === 'series' || !only || more.length > 0) return spots;
  return ends.map((x) => ({ ...only, x }));
}

function lineLayers(series: FigureSeries, shift: number, frame: Frame): Layer[] {
  const values = spotsOf(series, shift, frame);
  const { colour, dash, marker, width, opacity } = styleOf(series);
  const encoding = { x: frame.x, y: frame.y };
  const line = { type: 'line', stroke: colour, strokeWidth: width, strokeDash: [...dash], opacity, strokeCap: 'round', strokeJoin: 'round' };
  const size = series.role === 'series' ? 58 : 26;
  const point = { type: 'point', shape: marker, filled: true, fill: colour, stroke: colour, size, opacity };
  const hasMarks = marker !== 'none' && values.length <= 40;
  return [
    ...(series.law ? [] : [{ data: { values }, mark: line, encoding: { ...encoding, detail: { field: 'stretch', type: 'nominal' } } }]),
    ...(hasMarks ? [{ data: { values }, mark: point, encoding }] : []),
  ];
}

function whiskers(series: FigureSeries, shift: number, { place, x, y }: Frame): Layer {
  const { colour } = styleOf(series);
  const values = series.points.flatMap(({ x: at, estimate: { value, interval } }) =>
    value === null || interval === null ? [] : [{ x: place(at) + shift, y: interval[0], high: interval[1] }],
  );
  return { data: { values }, mark: { type: 'rule', stroke: colour, strokeWidth: 1.25, opacity: 0.85 }, encoding: { x, y, y2: { field: 'high' } } };
}

function lawLayers(series: FigureSeries, { place, x, y }: Frame): Layer[] {
  const { law } = series;
  if (!law) return [];
  const { colour, dash, width } = styleOf(series);
  const values = law.band.map((point) => ({ x: place(point.x), y: point.value, low: point.low, high: point.high }));
  return [
    {
      data: { values },
      mark: { type: 'area', fill: colour, fillOpacity: 0.14 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
    { data: { values }, mark: { type: 'line', stroke: colour, strokeWidth: width, strokeDash: [...dash] }, encoding: { x, y } },
  ];
}

function residualLayers(series: readonly FigureSeries[], { place, x }: Frame): Layer[] {
  const all = series.flatMap(({ law }) => law?.residuals.map(({ residual }) => Math.abs(residual)) ?? []);
  const reach = Math.max(...all) * 1.15 || 1;
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [-reach, reach], nice: false },
    axis: { title: 'Residual', tickCount: 3 },
  };
  const quiet = { ...x, axis: { ...(x['axis'] as object), title: null, labels: false } };
  return [
    { data: { values: [{ y: 0 }] }, mark: { type: 'rule', stroke: 'currentColor', opacity: 0.5 }, encoding: { y } },
    ...series.map((each): Layer => {
      const { colour, marker } = styleOf(each);
      const values = each.law?.residuals.map(({ x: at, residual }) => ({ x: place(at), y: residual })) ?? [];
      const mark = { type: 'point', shape: marker, filled: true, fill: colour, size: 30, opacity: 1 };
      return { data: { values }, mark, encoding: { x: quiet, y } };
    }),
  ];
}
