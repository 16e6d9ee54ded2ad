import { isKind, kindOf } from '../../schemas/index.ts';
import { isMade, standingOf, type UnitProgress } from '../../plan/index.ts';
import type { RunNow } from '../runs/refresh.ts';

type Command = [command: string, why: string];

/** Commands that are useful for the status of a run. */
export function nextCommands(now: RunNow): Command[] {
  const { run, status, report } = now;
  switch (status) {
    case 'running':
      return [[`codepmp watch ${run}`, 'follow it'], [`codepmp cancel ${run}`, 'stop it']];
    case 'interrupted':
      return [[`codepmp watch ${run}`, 'start the server and continue']];
    case 'parked':
      return parkedCommands(now);
    case 'succeeded':
      return [...(report === undefined ? [] : [[`codepmp report ${run}`, 'print the report'] satisfies Command]), ...showCommand(now)];
    case 'failed':
    case 'cancelled':
      return [
        ...logsCommand(now, 'failed'),
        [`codepmp resume ${run}`, 'continue; finished steps and paid answers are reused'],
        ['codepmp doctor', 'check what codepmp needs'],
      ];
  }
}

/** The possible decisions about a parked run. */
function parkedCommands(now: RunNow): Command[] {
  const { run, units, capped } = now;
  const raise: Command[] = capped === undefined ? [] : [[raisingCommand(run, capped), `raise the budget (reached: ${capped})`]];
  const parked = units.find(({ state }) => state === 'parked');
  const step = parked?.failure?.node ?? parked?.nodes[0]?.id;
  if (step === undefined) return [...raise, [`codepmp cancel ${run}`, 'stop it']];
  return [
    ...raise,
    ...logsCommand(now, 'parked'),
    [`codepmp retry ${step} --run ${run}`, 'retry it, reusing what is paid for'],
    [`codepmp retry ${step} --run ${run} --skip`, 'skip it and the steps that need it'],
    [`codepmp retry ${step} --run ${run} --fail`, 'end the run'],
  ];
}

/** Raises the cap that was reached: `calls: 5 of 5`. */
function raisingCommand(run: string, capped: string): string {
  return `codepmp retry --run ${run} --budget ${capped.split(':')[0]}=…`;
}

/** The logs of the first unit in this state; only processes have logs. */
function logsCommand({ run, units }: RunNow, state: UnitProgress['state']): Command[] {
  const [node] = units.filter((unit) => unit.state === state).flatMap(({ nodes }) => nodes);
  return node && isKind(node.kind) && kindOf(node.kind).shape === 'process' ? [[`codepmp logs ${node.id} --run ${run}`, 'its logs']] : [];
}

/** Shows items of the pairs, else of the first finished step. */
function showCommand({ run, units }: RunNow): Command[] {
  const made = units.flatMap((unit) => unit.nodes.filter(({ id }) => isMade(standingOf(unit, id).state)));
  const node = made.find(({ kind }) => isKind(kind) && kindOf(kind).outputs['out'] === 'pairs') ?? made[0];
  if (!node || !isKind(node.kind)) return [];
  const outputs = Object.keys(kindOf(node.kind).outputs);
  return [[`codepmp show ${node.id}${outputs.length > 1 ? `.${outputs[0]}` : ''} -n 3 --run ${run}`, 'three of its items']];
}
