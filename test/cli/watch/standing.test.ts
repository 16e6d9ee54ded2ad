import { describe, expect, it } from 'vitest';
import type { RunProgress, UnitProgress } from '../../../plan/index.ts';
import { recordedFolder } from '../recorded-runs.ts';
import type { RecordedFolder } from '../recorded-runs.ts';

const minute = 60_000;
const advice = `${'the endpoint refuses the key. '.repeat(6)}Put one into AWAY_KEY`;
const prompts: UnitProgress = {
  id: 'prompts+1',
  nodes: [{ id: 'prompts', kind: 'summarize' }, { id: 'answers', kind: 'respond' }],
  state: 'parked',
  failure: { class: 'auth', message: advice },
};
const started = Date.now() - 32 * minute;
const code: UnitProgress = {
  id: 'code',
  nodes: [{ id: 'code', kind: 'source/files' }],
  state: 'done',
  started,
  finished: started + 10 * minute,
};

/** Keeps a run as the engine would have written it down. */
async function keep({ store }: RecordedFolder, more: Partial<RunProgress>): Promise<void> {
  const record: RunProgress = {
    run: 'r-1',
    name: 'r',
    status: 'parked',
    started,
    units: [code, { ...prompts, started, finished: started + 9 * minute }],
    ...more,
  };
  await store.note('runs/r-1/progress.json', new TextEncoder().encode(JSON.stringify(record)));
}

describe('a parked run that no server knows at the moment', () => {
  it('is still parked, with the whole reason and what can be decided', async () => {
    await using user = await recordedFolder();
    await keep(user, {});
    expect(JSON.parse((await user.codepmp('list', '--json')).stdout)).toMatchObject([{ run: 'r-1', status: 'parked' }]);
    const { stdout, stderr } = await user.codepmp('status');
    expect(stdout.split('\n')[0]).toBe('r-1 parked 10 min after its start');
    expect(stdout).toContain(`\n\nprompts+1 (auth): ${advice}`);
    expect(stderr).toBe(`
no server is running now; a decision starts it

  codepmp retry prompts --run r-1          retry it, reusing what is paid for
  codepmp retry prompts --run r-1 --skip   skip it and the steps that need it
  codepmp retry prompts --run r-1 --fail   end the run`);
  });

  it('names the cap that it has reached', async () => {
    await using user = await recordedFolder();
    await keep(user, { capped: 'gpu_hours: 0.50 of 0.4', units: [code, { ...prompts, state: 'waiting' }] });
    const { stdout, stderr } = await user.codepmp('status');
    expect(stdout.split('\n')[0]).toBe('r-1 parked 10 min after its start: budget reached, gpu_hours: 0.50 of 0.4');
    expect(stderr).toContain('  codepmp retry --run r-1 --budget gpu_hours=…   raise the budget (reached: gpu_hours: 0.50 of 0.4)');
  });
});

describe('a step of a parked run', () => {
  it('has no logs where it launches no program', async () => {
    await using user = await recordedFolder();
    await keep(user, {});
    const { stdout, stderr } = await user.codepmp('logs', 'prompts');
    expect({ stdout, head: stderr.split('\n')[0] }).toEqual({ stdout: '', head: 'prompts has started no process, so it has no logs' });
  });

  it('is named by the values of its cell', async () => {
    await using user = await recordedFolder();
    const plan = await user.record(
      'r-1',
      'codepmp: 1\nname: r\nparams: {seed: {type: integer, default: 1}}\nsteps:\n  data: {uses: dataset/arithmetic, with: {seed: $seed}}\ntargets: [data]\nsweeps: {seeds: {seeds: [1, 2]}}\n',
    );
    const before = JSON.parse(
      new TextDecoder().decode((await user.store.readNote('runs/r-1/progress.json')) ?? new Uint8Array()),
    ) as RunProgress;
    await keep(user, { ...before, status: 'parked' });
    expect((await user.codepmp('retry', 'data', '--run', 'r-1', '--cell', 'seed=9')).stderr).toContain(
      `no node of data has seed=9. Choose one by its id, or by values with --cell name=value,…:\n  ${plan.nodes[0]?.id}`,
    );
    expect(await user.codepmp('retry', '--run', 'r-1', '--cell', 'seed=1')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'codepmp: --cell chooses a node of a step: give the step, too',
    });
  });
});

describe('a trial', () => {
  it('is not the newest run', async () => {
    await using user = await recordedFolder();
    await keep(user, {});
    const trial: RunProgress = { run: 'r-try-2', name: 'r', status: 'succeeded', started: started + minute, units: [] };
    await user.store.note('runs/r-try-2/progress.json', new TextEncoder().encode(JSON.stringify(trial)));
    expect(JSON.parse((await user.codepmp('status', '--json')).stdout)).toMatchObject({ run: 'r-1' });
    expect(JSON.parse((await user.codepmp('status', 'r-try', '--json')).stdout)).toMatchObject({ run: 'r-try-2' });
  });
});

describe('a run that was going on when its server went away', () => {
  it('is not said to be running', async () => {
    await using user = await recordedFolder();
    await keep(user, { status: 'running' });
    const { stdout, stderr } = await user.codepmp('status');
    expect(stdout.split('\n')[0]).toMatch(/^r-1 interrupted, started \d+ min( \d+ s)? ago$/);
    expect(stderr).toBe(
      '\nno server is running this run now; its results and answers are kept\n\n  codepmp watch r-1   start the server and continue',
    );
  });
});

describe('a run that is over', () => {
  it('tells what failed in full', async () => {
    await using user = await recordedFolder();
    await keep(user, { status: 'failed', finished: started + 12 * minute, units: [code, { ...prompts, state: 'failed' }] });
    const { stdout, stderr } = await user.codepmp('status');
    expect(stdout).toContain(`\n\nprompts+1 failed (auth): ${advice}`);
    expect(stderr).toBe(
      '\n  codepmp resume r-1   continue; finished steps and paid answers are reused\n  codepmp doctor       check what codepmp needs',
    );
  });

  it('waits for no decision', async () => {
    await using user = await recordedFolder();
    await keep(user, { status: 'cancelled', finished: started + 12 * minute });
    const { exitCode, stderr } = await user.codepmp('retry', '--run', 'r-1');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'codepmp: r-1 has ended (cancelled): nothing waits for a decision. To run what is left: codepmp resume r-1',
    });
  });

  it('is not cancelled', async () => {
    await using user = await recordedFolder();
    await keep(user, { status: 'succeeded', finished: started + 12 * minute });
    const { exitCode, stdout, stderr } = await user.codepmp('cancel', 'r-1');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'r-1 had already ended (succeeded)\n\n  codepmp status r-1   its status',
    });
    expect(JSON.parse((await user.codepmp('cancel', 'r-1', '--json')).stdout)).toEqual({ run: 'r-1', status: 'succeeded' });
  });
});
