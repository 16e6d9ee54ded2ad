import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../cli/watch/eta.ts';
import { whole } from '../../../cli/runs/follow.ts';
import { tally } from '../../../cli/runs/runs.ts';
import { viewOf } from '../../../cli/watch/view.ts';
import type { RunProgress, UnitNote, UnitProgress } from '../../../plan/index.ts';

const start = 1_000_000;
const now = start + 100_000;

const unit = (id: string, kind: string, state: UnitProgress['state'], more: Partial<UnitProgress> = {}): UnitProgress => ({
  id,
  nodes: [{ id, kind }],
  state,
  key: `key-${id}`,
  ...more,
});
const group: UnitProgress = {
  ...unit('prompts+pairs', 'summarize', 'running', { started: now - 60_000 }),
  nodes: [{ id: 'prompts', kind: 'summarize' }, { id: 'pairs', kind: 'pair' }],
};
const run = (units: UnitProgress[], more: Partial<RunProgress> = {}): RunProgress => ({
  run: 'r-1',
  name: 'r',
  status: 'running',
  started: start,
  units,
  ...more,
});
const note = (done: number, total: number, more: Partial<UnitNote> = {}): UnitNote => ({
  done,
  total,
  unit: 'items',
  detail: {},
  stage: '',
  began: now - 60_000,
  updated: now,
  steps: {},
  ...more,
});

const view = (
  units: UnitProgress[],
  notes: [string, UnitNote][] = [],
  { titles = {}, ...options }: { rows?: number; columns?: number; titles?: { [id: string]: string } } = {},
): string[] =>
  viewOf(
    { progress: run(units), notes: new Map(notes), titles: new Map(Object.entries(titles)), trouble: null },
    { measured: new Map(), now, paint: pc.createColors(false), columns: 80, rows: 24, ...options },
  );

describe('the view of a run', () => {
  it('says that it is paused', () => {
    const paused = { progress: run([group], { paused: true }), notes: new Map(), titles: new Map(), trouble: null };
    const [first] = viewOf(paused, { measured: new Map(), now, paint: pc.createColors(false), columns: 80, rows: 24 });
    expect(first).toBe('r-1 paused, started 1 min 40 s ago');
  });

  it('shows what each unit has done, cost or waits for', () => {
    const steps = { prompts: { done: 32, total: 32 }, pairs: { done: 4, total: 32 } };
    const lines = view(
      [
        unit('code', 'source/files', 'reused'),
        unit('arithmetic', 'dataset/arithmetic', 'done', { started: start, finished: start + 9000, seconds: 2 }),
        group,
        unit('pmp', 'train/pmp', 'running', { started: now - 10_000 }),
        unit('rm', 'train/rm', 'failed', { failure: { class: 'diverged', message: 'the loss is NaN\nat step 3' } }),
        unit('report', 'report', 'waiting'),
      ],
      [
        ['key-prompts+pairs', note(36, 64, { steps })],
        ['key-pmp', note(3, 8, { unit: 'steps', detail: { loss: 0.6931, tokens_per_second: 512.4 } })],
      ],
    );
    expect(lines[0]).toMatch(/^r-1 running for 1 min 40 s, about .* left \(a guess\)$/);
    expect(lines.slice(1)).toEqual([
      '  = code                   reused',
      '  ✓ arithmetic             done   2 s',
      '  ▸ prompts                32/32 items, 0.6 items/s',
      '    pairs                  4/32 items',
      '  ▸ pmp                    step 3/8, loss 0.693, 512 tokens/s',
      '  ✗ rm                     diverged: the loss is NaN',
      '  · report                 waiting',
    ]);
  });

  it('says of a step that makes pairs how many it has made, and how often the chosen text is the longer one', () => {
    const pairs = { of: 100, made: 80, longer: 60.5 };
    const steps = { prompts: { done: 200, total: 200 }, pairs: { done: 100, total: 200, pairs } };
    expect(view([group], [['key-prompts+pairs', note(300, 400, { steps })]]).slice(2)).toEqual([
      '    pairs                  100/200 items',
      '      pairs 0.80 [0.71, 0.87] of 100, chosen longer 0.76 [0.65, 0.84] of 80',
    ]);
    const none = { ...steps, pairs: { ...steps.pairs, pairs: { of: 3, made: 0, longer: 0 } } };
    expect(view([group], [['key-prompts+pairs', note(300, 400, { steps: none })]])).toHaveLength(3);
  });

  it('says in full what a step that goes on has failed with, and then not how long is left', () => {
    const trouble =
      'unavailable: endpoint hosted at https://models.example.com/v1 does not answer (ECONNREFUSED), waited for until 30 min are over';
    const lines = [
      '      retrying after unavailable: endpoint hosted at',
      '        https://models.example.com/v1 does not answer (ECONNREFUSED), waited for',
      '        until 30 min are over',
    ];
    const steps = { prompts: { done: 32, total: 32 }, pairs: { done: 4, total: 32, trouble } };
    expect(view([group], [['key-prompts+pairs', note(36, 64, { steps })]])).toEqual([
      'r-1 running for 1 min 40 s',
      '  ▸ prompts                32/32 items, 0.6 items/s',
      '    pairs                  4/32 items',
      ...lines,
    ]);
    const alone = { ...group, nodes: group.nodes.slice(0, 1) };
    const trial = note(0, 2, { steps: { prompts: { done: 0, total: 2, trouble } } });
    expect(view([alone], [['key-prompts+pairs', trial]]).slice(1)).toEqual(['  ▸ prompts                0/2 items', ...lines]);
    expect(view([alone], [['key-prompts+pairs', { ...trial, began: null }]]).slice(2)).toEqual(lines);
  });

  it('calls the nodes of a sweep by the params that tell them apart', () => {
    const titles = { 'rm@1a': 'rm (init=pmp, rm_pairs=500)', 'rm@2b': 'rm (init=pmp, rm_pairs=40000)' };
    const lines = view([unit('rm@1a', 'train/rm', 'done', { seconds: 2 }), unit('rm@2b', 'train/rm', 'waiting')], [], { titles });
    expect(lines.slice(1)).toEqual(['  ✓ rm (init=pmp, rm_pairs=500)   done   2 s', '  · rm (init=pmp, rm_pairs=40000) waiting']);
  });

  it('adds up the members of a wide group by their steps', () => {
    const members = ['prompts', 'half@1a', 'half@2b', 'half@3c'];
    const wide = { ...unit('prompts+3', 'summarize', 'running', { started: now }), nodes: members.map((id) => ({ id, kind: 'clip' })) };
    const steps = { prompts: { done: 20, total: 20 }, 'half@1a': { done: 10, total: 20 }, 'half@2b': { done: 5, total: 20 } };
    const lines = view(
      [wide, { ...wide, id: 'other', key: 'other', state: 'done', calls: { fast: 9 } }],
      [['key-prompts+3', note(35, 80, { steps })]],
    );
    expect(lines.slice(1)).toEqual([
      '  ▸ prompts                20/20 items, 0.6 items/s',
      '    half (3 nodes)         15/40 items',
      '  ✓ prompts … half         done   9 fast calls',
    ]);
  });

  it('says of a process that has been ready for long what it waits for', () => {
    const waiting = (seconds: number) => unit('rm', 'train/rm', 'running', { started: now - seconds * 1000 });
    const queued = (holder: string): [string, UnitNote][] => [
      ['key-rm', note(0, 10, { began: null, queued: { since: now - 14_000, holder } })],
    ];
    const titles = { 'rm@1ddb9d72': 'rm (lr=5e-4)' };
    const shown = (seconds: number, notes: [string, UnitNote][] = []) =>
      view([waiting(seconds)], notes, { titles })[1]?.replace(/^ +▸ rm +/, '');
    expect(shown(9)).toBe('starting or queued');
    expect(shown(14)).toBe('queued for 14 s: no worker has taken it yet');
    expect(shown(20, queued('model servers run'))).toBe('queued for 14 s: model servers run');
    expect(shown(20, queued('rm@1ddb9d72 runs'))).toBe('queued for 14 s: rm (lr=5e-4) runs');
    expect(shown(20, queued('rm@of-another-run runs'))).toBe('queued for 14 s: rm@of-another-run runs');
    expect(shown(20, [['key-rm', note(0, 10, { began: now, total: null, queued: { since: now - 14_000, holder: null } })]])).toBe(
      'starting or queued',
    );
  });

  it('sums up what is over or waits where the terminal is too small', () => {
    const units = Array.from({ length: 40 }, (_, index) =>
      unit(`s${index}`, 'grade', index === 7 ? 'running' : index < 7 ? 'done' : 'waiting', { started: now }),
    );
    const lines = view(units, [], { rows: 10 });
    expect(lines.slice(1)).toEqual(['  ▸ s7                     starting or queued', '  7 done, 32 waiting']);
  });

  it('never is wider than the terminal', () => {
    const units = [
      unit('a-step-with-a-very-long-name-indeed', 'grade', 'failed', { failure: { class: 'invalid', message: 'x'.repeat(300) } }),
    ];
    for (const line of view(units, [], { columns: 60 })) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('a large run', () => {
  it('has the units that its answer does not list from the record', () => {
    const recorded = run([unit('a', 'grade', 'done'), unit('b', 'grade', 'waiting'), unit('c', 'grade', 'waiting')]);
    const asked = run([unit('b', 'grade', 'running')], { counts: { done: 1, running: 1, waiting: 1 } });
    expect(whole(asked, recorded)).toEqual(run([unit('a', 'grade', 'done'), unit('b', 'grade', 'running'), unit('c', 'grade', 'waiting')]));
  });
});

describe('a run that went on in a new history', () => {
  it('has from the record why units were skipped and what they failed with', () => {
    const failure = { class: 'diverged', message: 'the loss is not a number' } as const;
    const units = [
      unit('a', 'grade', 'parked', { failure }),
      unit('b', 'grade', 'skipped', { why: 'not wanted' }),
      unit('c', 'grade', 'waiting'),
    ];
    const asked = run([unit('a', 'grade', 'parked'), unit('b', 'grade', 'skipped'), unit('c', 'grade', 'running')]);
    expect(whole(asked, run(units))).toEqual(run([...units.slice(0, 2), unit('c', 'grade', 'running')]));
  });
});

describe('the time left', () => {
  it('is what earlier runs took, less what has passed', () => {
    const progress = run([unit('a', 'train/rm', 'running', { started: now - 20_000 }), unit('b', 'train/rm', 'waiting')]);
    const left = timeLeft({
      progress,
      notes: new Map([['key-a', note(4, 10, { unit: 'steps', began: now - 20_000 })]]),
      measured: new Map([['a', 50_000], ['b', 70_000]]),
      now,
    });
    expect(left).toEqual({ ms: 30_000 + 70_000, basis: 'measured' });
  });

  it('is a guess while a step that has never run waits, and nothing when all is over', () => {
    expect(timeLeft({ progress: run([unit('a', 'train/rm', 'waiting')]), notes: new Map(), measured: new Map(), now })?.basis).toBe(
      'guessed',
    );
    expect(timeLeft({ progress: run([unit('a', 'train/rm', 'done')]), notes: new Map(), measured: new Map(), now })).toBeNull();
  });
});

describe('the result of a run', () => {
  it('adds up steps, calls and training steps over its units', () => {
    const units = [
      { ...group, state: 'done' as const, calls: { strong: 3, weak: 1 } },
      unit('more', 'respond', 'done', { calls: { strong: 2 } }),
      unit('pmp', 'train/pmp', 'done', { training_steps: 8 }),
      unit('code', 'source/files', 'reused'),
      unit('rm', 'train/rm', 'failed'),
    ];
    expect(tally({ units })).toEqual({
      nodes: { total: 6, ran: 4, reused: 1, skipped: 0 },
      calls: { strong: 5, weak: 1 },
      training_steps: 8,
    });
  });
});
