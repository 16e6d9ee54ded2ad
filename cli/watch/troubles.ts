import type { UnitProgress } from '../../plan/index.ts';
import type { Output } from '../terminal/output.ts';
import type { RunNow } from '../runs/refresh.ts';
import type { Titles } from '../runs/runs.ts';
import { nameOfUnit } from './view.ts';
import { plainText } from '../../text/index.ts';

/** The most reasons shown, and the most units named for one reason. */
const most = { reasons: 5, units: 3 };

/** The errors of a run in full, one text per reason; the run's own error if no unit failed. */
export function troublesOf({ run, status, units, message }: RunNow, titles: Titles, paint: Output['paint']): string[] {
  const inState = (state: UnitProgress['state']): UnitProgress[] => units.filter((unit) => unit.state === state);
  const failed = troubleTexts(inState('failed'), titles, { paint: paint.red, verb: ' failed' });
  const parked = troubleTexts(inState('parked'), titles, { paint: paint.yellow, verb: '' });
  const own = status === 'failed' && failed.length === 0 ? [plainText(message ?? 'it ended without a message')] : [];
  const texts = [...own, ...failed, ...parked];
  return texts.length <= most.reasons
    ? texts
    : [...texts.slice(0, most.reasons), `and ${texts.length - most.reasons} more: codepmp status ${run} --json`];
}

function troubleTexts(units: UnitProgress[], titles: Titles, { paint, verb }: { paint: (text: string) => string; verb: string }): string[] {
  const reasonOf = ({ id, failure }: UnitProgress): string =>
    `(${failure?.class}): ${plainText(failure?.message ?? '').replace(`${failure?.node ?? id}: `, '')}`;
  return [...Map.groupBy(units, reasonOf)].map(([reason, alike]) => {
    const names = alike.slice(0, most.units).map((unit) => namedText(unit, titles, paint));
    return `${names.join('; ')}${alike.length > most.units ? ` and ${alike.length - most.units} more` : ''}${verb} ${reason}`;
  });
}

/** The title of a unit and, if different, its id for commands; for a group, the member that failed. */
function namedText({ id: unit, nodes, failure }: UnitProgress, titles: Titles, paint: (text: string) => string): string {
  const member = nodes.filter((node) => node.id === failure?.node);
  const id = member[0]?.id ?? unit;
  const name = member.length === 0 && nodes.length > 1 ? id : nameOfUnit({ nodes: member.length > 0 ? member : nodes }, titles);
  return `${paint(name)}${name === id ? '' : `, ${id}`}`;
}
