import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { timeLeft } from '../../../cli/watch/eta.ts';
import { whole } from '../../../cli/runs/follow.ts';
import { tally } from '../../../cli/runs/runs.ts';
import { viewOf } from '../../../cli/watch/view.ts';
import type { PairNote, RunProgress, StepNote, UnitNote, UnitProgress } from '../../../plan/index.ts';

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

  describe('of a step that makes pairs', () => {
    const estimate = (n: number, value: number, interval: [number, number]) => ({ n, value, interval, method: 'normal' as const });
    const lengthsOf = (n: number) => ({ chosen_longer: estimate(n, 0.756, [0.654, 0.84]), length: estimate(n, 0.8, [0.7, 0.9]) });
    const noted = (of: number, languages: { [language: string]: number }): StepNote => {
      const made = Object.values(languages).reduce((sum, n) => sum + n, 0);
      const lengths = Object.entries(languages).map(([language, n]) => [language, lengthsOf(n)]);
      return { done: of, total: 2 * of, pairs: { of, made, languages: Object.fromEntries(lengths) as NonNullable<PairNote['languages']> } };
    };
    const prompts = { done: 200, total: 200 };

    it('says how many it has made, and by language how often the chosen text is the longer one and the AUC of length', () => {
      const steps = { prompts, pairs: noted(100, { Python: 60, 'Jupyter Notebook': 20 }) };
      expect(view([group], [['key-prompts+pairs', note(300, 400, { steps })]]).slice(2)).toEqual([
        '    pairs                  100/200 items',
        '      pairs: 80 of 100 items',
        '        Jupyter Notebook 20: longer 0.76 [0.65, 0.84], AUC 0.80 [0.70, 0.90]',
        '        Python 60: longer 0.76 [0.65, 0.84], AUC 0.80 [0.70, 0.90]',
      ]);
      const none = { prompts, pairs: noted(3, {}) };
      expect(view([group], [['key-prompts+pairs', note(300, 400, { steps: none })]])).toHaveLength(3);
    });

    it('says it of each node of a sweep by what tells it apart, within the columns', () => {
      const titles = { 'pairs@1a': 'pairs (by_tests=true)', 'pairs@2b': 'pairs (by_tests=false)', 'pairs@3c': 'pairs (by_tests=no)' };
      const sweep = { ...group, nodes: ['prompts', ...Object.keys(titles)].map((id) => ({ id, kind: 'pair' })) };
      const many = noted(30_000_000, { 'Jupyter Notebook': 24_000_000 });
      const steps = { prompts, 'pairs@1a': noted(30_000, { Python: 24_000 }), 'pairs@2b': many };
      const lines = view([sweep], [['key-prompts+pairs', note(300, 800, { steps })]], { titles });
      expect(lines.slice(2)).toEqual([
        '    pairs (3 nodes)        30030000/60060000 items',
        '      pairs (by_tests=true): 24000 of 30000 items',
        '        Python 24000: longer 0.76 [0.65, 0.84], AUC 0.80 [0.70, 0.90]',
        '      pairs (by_tests=false): 24000000 of 30000000 items',
        '        Jupyter Notebook 24000000: longer 0.76 [0.65, 0.84], AUC 0.80 [0.70,',
        '          0.90]',
      ]);
    });
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
