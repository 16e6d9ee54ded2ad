import { afterEach, describe, expect, it, vi } from 'vitest';
import { conclude, resultOf } from '../../../cli/watch/conclusion.ts';
import { nextCommands } from '../../../cli/watch/next-commands.ts';
import { createOutput } from '../../../cli/terminal/output.ts';
import { troublesOf } from '../../../cli/watch/troubles.ts';
import type { Context } from '../../../cli/context.ts';
import type { RunProgress, UnitProgress } from '../../../plan/index.ts';
import pc from 'picocolors';

afterEach(() => vi.restoreAllMocks());

const unit = (id: string, kind: string, state: UnitProgress['state'], more: Partial<UnitProgress> = {}): UnitProgress => ({
  id,
  nodes: [{ id, kind }],
  state,
  ...more,
});
const run = (units: UnitProgress[], more: Partial<RunProgress> = {}): RunProgress => ({
  run: 'r-1',
  name: 'r',
  status: 'succeeded',
  started: 0,
  finished: 60_000,
  units,
  ...more,
});

/** What is said at the end of a run. */
function said(progress: RunProgress): string {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  const output = { ...createOutput({ json: false }), paint: pc.createColors(true) };
  conclude({ output } as Context, { progress, notes: new Map(), titles: new Map(), trouble: null });
  return text;
}

describe('the end of a run', () => {
  it('counts what was skipped, and is not green then', () => {
    const { yellow, green } = pc.createColors(true);
    const skipped = said(
      run([unit('code', 'source/files', 'reused'), unit('rm', 'train/rm', 'skipped'), unit('eval', 'eval/accuracy', 'skipped')]),
    );
    expect(skipped).toContain(yellow('succeeded'));
    expect(skipped).toContain(`  3 nodes: 0 ran, 1 reused, ${yellow('2 skipped')}\n`);
    const whole = said(run([unit('code', 'source/files', 'done')]));
    expect(whole).toContain(green('succeeded'));
    expect(whole).toContain('  1 node: 1 ran, 0 reused\n');
  });

  it('names the steps that took longest', () => {
    const took = (id: string, seconds: number) => unit(id, 'train/rm', 'done', { seconds });
    expect(said(run([took('a', 5), took('b', 70), took('c', 0.2), took('d', 9), took('e', 8), took('f', 3)]))).toContain(
      '  longest: b 1 min 10 s, d 9 s, e 8 s, a 5 s\n',
    );
    expect(said(run([took('c', 0.2)]))).not.toContain('longest');
  });
});

describe('what may be wrong with what a step has made', () => {
  const warned = (id: string) => ({
    ...unit(id, 'respond', 'done'),
    nodes: [{ id, kind: 'respond', key: id, warning: `only 1 of 9 items are ok (11.1 %): 8 no-code` }],
  });

  it('is said at the end of a run, with the command that shows it', () => {
    const { yellow } = pc.createColors(true);
    expect(said(run([warned('answers'), unit('pairs', 'pair', 'done')]))).toContain(
      `\n${yellow('answers')}: only 1 of 9 items are ok (11.1 %): 8 no-code. See codepmp show answers --run r-1\n`,
    );
    expect(said(run(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(warned)))).toContain('\nand 2 more: codepmp status r-1 --json\n');
    expect(said(run([unit('answers', 'respond', 'done')]))).not.toContain('codepmp show answers --run');
  });

  it('is in the last line of --json', () => {
    expect(resultOf(run([warned('answers')]))).toMatchObject({
      warnings: [{ node: 'answers', warning: 'only 1 of 9 items are ok (11.1 %): 8 no-code' }],
    });
    expect(resultOf(run([unit('answers', 'respond', 'done')]))).not.toHaveProperty('warnings');
  });
});

describe('the commands after a run', () => {
  const commands = (...of: Parameters<typeof run>): string[] => nextCommands(run(...of)).map(([command]) => command);

  it('show what was made, by an output that there is', () => {
    expect(commands([unit('arithmetic', 'dataset/arithmetic', 'done'), unit('rm', 'train/rm', 'done')])).toEqual([
      'codepmp show arithmetic.train -n 3 --run r-1',
    ]);
    expect(commands([unit('code', 'source/files', 'reused'), unit('pairs@1', 'pair', 'skipped'), unit('pairs@2', 'pair', 'done')])).toEqual(
      ['codepmp show pairs@2 -n 3 --run r-1'],
    );
    expect(commands([unit('good', 'train/rm', 'skipped')])).toEqual([]);
  });

  it('show logs of steps that launch a program only', () => {
    const failed = { status: 'failed' } as const;
    expect(commands([unit('rm', 'train/rm', 'failed')], failed)).toContain('codepmp logs rm --run r-1');
    expect(commands([unit('prompts', 'summarize', 'failed')], failed)).toEqual(['codepmp resume r-1', 'codepmp doctor']);
  });

  it('raise the cap that was reached, and decide about what is parked', () => {
    const parked = { status: 'parked', capped: 'money: 7.50 of 7' } as const;
    expect(commands([unit('rm', 'train/rm', 'waiting')], parked)).toEqual([
      'codepmp retry --run r-1 --budget money=…',
      'codepmp cancel r-1',
    ]);
    expect(commands([unit('rm', 'train/rm', 'parked')], parked)).toEqual([
      'codepmp retry --run r-1 --budget money=…',
      'codepmp logs rm --run r-1',
      'codepmp retry rm --run r-1',
      'codepmp retry rm --run r-1 --skip',
      'codepmp retry rm --run r-1 --fail',
    ]);
  });
});

describe('what went wrong', () => {
  it('is said once for all that have failed alike', () => {
    const failure = { class: 'auth', message: 'no key' } as const;
    const cells = [1, 2, 3, 4].map((seed) => unit(`rm@${seed}`, 'train/rm', 'parked', { failure }));
    const titles = new Map([['rm@1', 'rm (seed=1)']]);
    const other = unit('pmp', 'train/pmp', 'failed', { failure: { class: 'diverged', message: 'pmp: the loss is NaN\nat step 3' } });
    expect(troublesOf(run([...cells, other], { status: 'parked' }), titles, pc.createColors(false))).toEqual([
      'pmp failed (diverged): the loss is NaN\nat step 3',
      'rm (seed=1), rm@1; rm@2; rm@3 and 1 more (auth): no key',
    ]);
  });

  it('is the message of the run where no step failed', () => {
    expect(troublesOf(run([], { status: 'failed', message: 'the file is not valid' }), new Map(), pc.createColors(false))).toEqual([
      'the file is not valid',
    ]);
  });
});
