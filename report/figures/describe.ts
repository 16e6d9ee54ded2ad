import type { FigurePanel } from '../../schemas/index.ts';
import { fixed } from '../numbers.ts';

/** Lines of which a description gives the ends; of more it says how many there are. */
const MOST = 12;

/** What a panel shows, for those who cannot see it. */
export function describePanel({ title, x, y, series }: FigurePanel): string {
  const labelAt = (at: number): string => x.ticks.find((tick) => tick.at === at)?.label ?? `${at}`;
  const said = series.slice(0, MOST).map(({ label, points }) => {
    const known = points.filter(({ estimate }) => estimate.value !== null);
    const [first, last] = [known[0], known.at(-1)];
    if (!first || !last) return `${label} without a value`;
    if (first === last) return `${label} ${fixed(first.estimate.value)}`;
    return `${label} from ${fixed(first.estimate.value)} at ${labelAt(first.x)} to ${fixed(last.estimate.value)} at ${labelAt(last.x)}`;
  });
  const more = series.length > MOST ? [`and ${series.length - MOST} more lines`] : [];
  const measured = y.label === '' ? (title ?? 'Values') : y.label;
  return `${measured} against ${x.label === '' ? 'the places of the axis' : x.label}: ${[...said, ...more].join('; ')}.`;
}
