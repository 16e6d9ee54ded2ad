import type { Digest, PlanNode, UnitInput } from '../plan/index.ts';
import type { ProcessResult } from '../ports/launcher.ts';
import type { Dependencies } from './dependencies.ts';
import type { Chunk, ChunkWork } from './group/work.ts';
import type { Member } from './group/members.ts';
import type { ProcessNode, ProcessStep, Program } from './process/programs.ts';

/** Item-wise work. */
export interface MapWork<C extends Chunk = Chunk, M extends Member = Member> {
  shape: 'map';
  /** Makes the rows of one chunk. */
  work(dependencies: Dependencies, chunk: C): Promise<ChunkWork>;
  /** Makes the artifact from all chunks. Default: their shards, with the number of rows by status. */
  close?(dependencies: Dependencies, member: M): Promise<Digest>;
}

/** A node that is one short activity. */
export interface StepNode {
  node: PlanNode;
  /** Digests of what it reads, by input name. */
  inputs: { [name: string]: Digest[] };
  /** What surrounds the node: where its inputs come from, titles, what is missing. */
  unit: UnitInput;
  /** When its workflow began, milliseconds since the epoch. */
  started: number;
}

/** Work that is one short activity. */
export interface StepWork<S extends StepNode = StepNode, Outputs extends { [output: string]: Digest } = { [output: string]: Digest }> {
  shape: 'step';
  work(dependencies: Dependencies, step: S): Promise<Outputs>;
}

/** Work done by a program on a pool. */
export interface ProcessWork<
  P extends ProcessNode = ProcessNode,
  Outputs extends { [output: string]: Digest } = { [output: string]: Digest },
> {
  shape: 'process';
  /** Takes in what a process has left, whether it succeeded or not, before another one has the machine. */
  takeIn?(dependencies: Dependencies, process: P): Promise<void>;
  /** Whether there is nothing to launch, so that it need not wait for the machine. Default: never. */
  isDone?(dependencies: Dependencies, process: P): Promise<boolean>;
  /** Its program can do the work of other steps that wait for the machine, so it waits briefly for them. */
  gathers?: true;
  /** Lays out the inputs as files, and returns the program to launch; null if there is nothing to do. */
  program(dependencies: Dependencies, process: P, waiting: readonly ProcessStep[]): Promise<Program | null>;
  /** Makes artifacts from what the finished program has written. */
  collect(dependencies: Dependencies, process: P & { result: ProcessResult }): Promise<Outputs>;
}

type KindWork = MapWork | StepWork | ProcessWork;

/** The work of every kind that runs, by the kind's name. */
export interface Works {
  readonly [kind: string]: KindWork;
}

/** The work of a node of this shape. Any other shape is a fault of the compiler. */
export function workOf<S extends KindWork['shape']>(
  works: Works,
  { id, kind }: Pick<PlanNode, 'id' | 'kind'>,
  shape: S,
): Extract<KindWork, { shape: S }> {
  const work = Object.hasOwn(works, kind) ? works[kind] : undefined;
  if (work?.shape !== shape) throw new Error(`${id}: nothing does the work of ${kind} as a ${shape}`);
  return work as Extract<KindWork, { shape: S }>;
}
