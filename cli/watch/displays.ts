import { createLogUpdate } from 'log-update';
import type { RunProgress, UnitProgress } from '../../plan/index.ts';
import type { Context } from '../context.ts';
import type { MeasuredTimes } from './eta.ts';
import type { Snapshot } from '../runs/follow.ts';
import { textColumns } from '../terminal/text.ts';
import { costOf, doneOf, hasBegun, headline, nameOfUnit, queuedText, statesOf, troubleText, viewOf } from './view.ts';

/** Shows a run while it is in progress. */
interface Display {
  update(snapshot: Snapshot): void;
  end(): void;
}

/** How often a running step is reported off a terminal, milliseconds. */
const reportEvery = 15_000;

const progressEvery = 1000;

/** The display for this output: JSON, a live view on a terminal, or plain lines. */
export function displayOf({ output }: Context, measured: () => MeasuredTimes): Display {
  if (output.json) return jsonDisplay(output.emit);
  const { stderr } = process;
  const isTerminal = stderr.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  const options = () => ({
    measured: measured(),
    now: Date.now(),
    paint: output.paint,
    columns: stderr.columns || textColumns,
    rows: stderr.rows || 24,
  });
  if (!isTerminal) return plainDisplay(output.talk, (snapshot) => headline(snapshot, options()));
  const live = createLogUpdate(stderr);
  return { update: (snapshot) => live(viewOf(snapshot, options()).join('\n')), end: () => live.done() };
}

/** A line for each change of a unit, and every 15 s one for each running unit. */
function plainDisplay(talk: (line: string) => void, head: (snapshot: Snapshot) => string): Display {
  const changes = changeFinder();
  let reported = Date.now();
  let trouble: string | null = null;
  return {
    update: (snapshot) => {
      for (const unit of changes(snapshot.progress)) {
        const cost = costOf(unit);
        talk(`${nameOfUnit(unit, snapshot.titles)}: ${unit.state}${cost === '' ? '' : ` (${cost})`}`);
      }
      if (snapshot.trouble !== trouble && snapshot.trouble !== null) talk(snapshot.trouble);
      ({ trouble } = snapshot);
      if (Date.now() - reported < reportEvery || snapshot.progress.status !== 'running') return;
      reported = Date.now();
      talk([head(snapshot), statesOf(snapshot.progress.units)].filter(Boolean).join(': '));
      for (const unit of snapshot.progress.units) {
        const note = unit.state === 'running' ? snapshot.notes.get(unit.key ?? '') : undefined;
        const queued = unit.state === 'running' ? queuedText(unit, note, { titles: snapshot.titles, now: Date.now() }) : null;
        if (queued !== null) talk(`  ${nameOfUnit(unit, snapshot.titles)}: ${queued}`);
        if (note && hasBegun(note))
          talk(`  ${nameOfUnit(unit, snapshot.titles)}: ${[doneOf(note), troubleText(Object.values(note.steps)) ?? []].flat().join('; ')}`);
      }
    },
    end: () => undefined,
  };
}

/** `unit` for each change of a unit, `progress` for each unit that has progressed, at most once a second. */
function jsonDisplay(emit: (object: object) => void): Display {
  const changes = changeFinder();
  const seen = new Map<string, { at: number; done: number }>();
  return {
    update: ({ progress, notes }) => {
      for (const unit of changes(progress)) emit({ type: 'unit', ...unit });
      for (const unit of progress.units) {
        const note = unit.state === 'running' ? notes.get(unit.key ?? '') : undefined;
        const before = seen.get(unit.id);
        if (!note || (before && (before.done === note.done || Date.now() - before.at < progressEvery))) continue;
        seen.set(unit.id, { at: Date.now(), done: note.done });
        emit({ type: 'progress', id: unit.id, ...note });
      }
    },
    end: () => undefined,
  };
}

/** Units that have changed. A waiting unit is not reported: its record may be a moment old. */
function changeFinder(): (progress: RunProgress) => UnitProgress[] {
  const states = new Map<string, string>();
  return ({ units }) =>
    units.filter(({ id, state }) => {
      if (state === 'waiting' || states.get(id) === state) return false;
      states.set(id, state);
      return true;
    });
}
