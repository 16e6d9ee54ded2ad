import { Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../../worker/bundle.ts';

const folder = join(import.meta.dirname, '..', 'histories');
const histories = readdirSync(folder).filter((name) => name.endsWith('.json'));
const bundle = bundleWorkflows();

interface Recorded {
  events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

const read = (name: string): Recorded => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const workflowId = ({ events }: Recorded) => events[0]?.workflowExecutionStartedEventAttributes?.workflowId;

describe('a recorded history', () => {
  it.each(histories)('of %s replays on the workflows of today', async (name) => {
    await Worker.runReplayHistory({ workflowBundle: await bundle }, read(name), workflowId(read(name)));
  });

  it('that took another way is refused', async () => {
    const history = read('job.json');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes)?.activityTaskScheduledEventAttributes;
    expect(scheduled?.activityType.name).toBe('runProcess');
    if (scheduled) scheduled.activityType.name = 'somethingElse';
    await expect(Worker.runReplayHistory({ workflowBundle: await bundle }, history, 'changed')).rejects.toThrow('somethingElse');
  });
});
