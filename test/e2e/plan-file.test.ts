import { afterAll, beforeAll, expect, it } from 'vitest';
import { project } from './rig.ts';
import type { Project } from './rig.ts';

let user: Project;
beforeAll(async () => {
  user = await project({ 'pipeline.yaml': pipeline(20) });
});
afterAll(() => user[Symbol.asyncDispose]());

function pipeline(train: number): string {
  return `codepmp: 1\nname: kept\nsteps:\n  task: {uses: dataset/arithmetic, with: {train: ${train}}}\ntargets: [task]\n`;
}

it('runs exactly the plan that was kept, after the file it was made from has changed', async () => {
  await user.codepmp('plan', 'pipeline.yaml', '--out', 'plan.json');
  await user.write('pipeline.yaml', pipeline(30));
  const ran = await user.codepmp('run', 'plan.json');
  expect(ran.stderr).toContain('pipeline.yaml has changed since plan.json was made; running the saved plan');
  expect(ran.stderr).toContain('1 node: 1 to run');
  expect(ran.exitCode).toBe(0);
  expect((await user.codepmp('plan', 'plan.json', '--detailed-exitcode')).exitCode).toBe(0);
  expect((await user.codepmp('plan', 'pipeline.yaml', '--detailed-exitcode')).exitCode).toBe(10);
});
