import type { FigureSeries } from '../../schemas/index.ts';

/** How a line looks. */
export interface SeriesStyle {
  colour: string;
  dash: readonly number[];
  marker: 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down' | 'cross' | 'none';
  width: number;
  opacity: number;
}

/**
 * Colours after Okabe and Ito, darkened where needed: each has a contrast of at least 3 : 1 with white and with the dark
 * page. Dash and marker tell the lines apart in grey.
 */
const models: Pick<SeriesStyle, 'colour' | 'dash' | 'marker'>[] = [
  { colour: '#0072B2', dash: [], marker: 'circle' },
  { colour: '#D55E00', dash: [9, 3], marker: 'square' },
  { colour: '#008A63', dash: [5, 2, 1.5, 2], marker: 'diamond' },
  { colour: '#B5629A', dash: [3, 2], marker: 'triangle-up' },
  { colour: '#A67600', dash: [12, 3, 3, 3], marker: 'cross' },
  { colour: '#2B87BF', dash: [1.5, 2.5], marker: 'triangle-down' },
];

/** Lines to compare with: thin, in the colour of the text. */
const references: SeriesStyle[] = [
  { colour: 'currentColor', dash: [], marker: 'triangle-up', width: 1.1, opacity: 0.65 },
  { colour: 'currentColor', dash: [7, 3], marker: 'diamond', width: 1.1, opacity: 0.65 },
  { colour: 'currentColor', dash: [2, 2.5], marker: 'none', width: 1.4, opacity: 0.75 },
  { colour: 'currentColor', dash: [6, 2.5, 1.5, 2.5], marker: 'none', width: 1.1, opacity: 0.65 },
  { colour: 'currentColor', dash: [1, 2, 5, 2, 1, 3], marker: 'cross', width: 1, opacity: 0.6 },
];

/** Style of the model at a place, from 0; after six they come round again. */
export function modelStyle(place: number): SeriesStyle {
  const { colour, dash, marker } = models[place % models.length] ?? { colour: '#0072B2', dash: [], marker: 'circle' as const };
  return { colour, dash, marker, width: 2.25, opacity: 1 };
}

/** Style of a line of a figure. */
export function styleOf({ role, style, points }: Pick<FigureSeries, 'role' | 'style' | 'points'>): SeriesStyle {
  if (role === 'series') return modelStyle(style);
  const reference = references[style % references.length] ?? modelStyle(style);
  return points.length > 1 ? reference : { ...reference, marker: 'none' };
}
