import type { SeriesStyle } from '../document.ts';

/** Okabe and Ito's colours that stand out from both white and near-black; dash and marker tell them apart in grey. */
const models: Pick<SeriesStyle, 'colour' | 'dash' | 'marker'>[] = [
  { colour: '#0072B2', dash: [], marker: 'circle' },
  { colour: '#D55E00', dash: [9, 3], marker: 'square' },
  { colour: '#009E73', dash: [5, 2, 1.5, 2], marker: 'diamond' },
  { colour: '#CC79A7', dash: [3, 2], marker: 'triangle-up' },
  { colour: '#E69F00', dash: [12, 3, 3, 3], marker: 'cross' },
  { colour: '#56B4E9', dash: [6, 2], marker: 'circle' },
];

/** Style of the model at a place; after six they come round again. */
export function modelStyle(place: number): SeriesStyle {
  const { colour, dash, marker } = models[place % models.length] ?? { colour: '#0072B2', dash: [], marker: 'circle' as const };
  return { colour, dash, marker, width: 2.25, opacity: 1 };
}

/** Lines to compare with: thin, in the colour of the text. */
export const referenceStyles = {
  oracle: { colour: 'currentColor', dash: [], marker: 'triangle-up', width: 1.1, opacity: 0.65 },
  majority: { colour: 'currentColor', dash: [7, 3], marker: 'diamond', width: 1.1, opacity: 0.65 },
  random: { colour: 'currentColor', dash: [2, 2.5], marker: 'none', width: 1.4, opacity: 0.75 },
  longest: { colour: 'currentColor', dash: [6, 2.5, 1.5, 2.5], marker: 'none', width: 1.1, opacity: 0.65 },
  shortest: { colour: 'currentColor', dash: [1, 2, 5, 2, 1, 3], marker: 'cross', width: 1, opacity: 0.55 },
} as const satisfies { [name: string]: SeriesStyle };
