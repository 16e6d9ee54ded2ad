import type { Box, Family, UnitState } from './model.ts';

/** How a box is drawn. A state shows in its words and its line as well, not by colour alone. */
interface BoxStyle {
  fill: string;
  line: string;
  dash: 'solid' | 'dashed' | 'dotted';
  /** Width of the line, points. */
  width: number;
}

/**
 * Light tints with lines of the Okabe-Ito colours, which most colour-blind people tell apart; darkened where the contrast to white
 * would be under 3:1.
 */
const families: { [family in Family]: BoxStyle } = {
  data: { fill: '#e3eff8', line: '#0072b2', dash: 'solid', width: 1 },
  answers: { fill: '#fdf0d7', line: '#a87200', dash: 'solid', width: 1 },
  items: { fill: '#f3f3f3', line: '#6b6b6b', dash: 'solid', width: 1 },
  training: { fill: '#dff3ec', line: '#007a58', dash: 'solid', width: 1 },
  measurement: { fill: '#f8e8f1', line: '#a8578a', dash: 'solid', width: 1 },
  report: { fill: '#ffffff', line: '#222222', dash: 'solid', width: 1 },
};

const states: { [state in UnitState]: BoxStyle } = {
  done: { fill: '#dff3ec', line: '#007a58', dash: 'solid', width: 1 },
  reused: { fill: '#f3f3f3', line: '#6b6b6b', dash: 'solid', width: 1 },
  running: { fill: '#e3eff8', line: '#0072b2', dash: 'solid', width: 2.2 },
  waiting: { fill: '#ffffff', line: '#8a8a8a', dash: 'dashed', width: 1 },
  parked: { fill: '#fdf0d7', line: '#a87200', dash: 'dashed', width: 2.2 },
  skipped: { fill: '#ffffff', line: '#8a8a8a', dash: 'dotted', width: 1 },
  failed: { fill: '#fbe3d8', line: '#b24a00', dash: 'solid', width: 2.2 },
  cancelled: { fill: '#ffffff', line: '#8a8a8a', dash: 'dotted', width: 1 },
};

/** States in the order in which one of them decides the style of a whole step. */
const order: UnitState[] = ['failed', 'parked', 'running', 'cancelled', 'skipped', 'waiting', 'done', 'reused'];

/** Names of the styles, for formats that declare styles once. */
export function styleNameOf({ family, states: own }: Box): string {
  return own ? leading(own) : family;
}

export function styleOf(name: string): BoxStyle {
  return { ...families, ...states }[name as Family | UnitState] ?? families.items;
}

/** `done`, or `10 done, 2 failed` for a step with several nodes; empty for a plan. */
export function statesText({ states: own }: Box): string {
  if (!own) return '';
  const total = [...own.values()].reduce((sum, number) => sum + number, 0);
  if (total === 1) return leading(own);
  return order.filter((state) => own.has(state)).map((state) => `${(own.get(state) ?? 0).toLocaleString('en')} ${state}`).join(', ');
}

function leading(own: Map<UnitState, number>): UnitState {
  return order.find((state) => own.has(state)) ?? 'waiting';
}
