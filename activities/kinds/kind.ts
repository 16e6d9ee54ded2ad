import type { Digest, PlanNode } from '../../plan/index.ts';
import type { DefinitionOf, Kind, SettingsOf } from '../../schemas/index.ts';
import type { Chunk } from '../group/work.ts';
import type { Member } from '../group/members.ts';
import type { OriginRow } from '../group/slices.ts';
import type { ProcessNode } from '../process/programs.ts';
import type { MapWork, ProcessWork, StepNode, StepWork } from '../works.ts';

/** A node of a kind with the settings that the kind declares, every default filled in. */
export interface NodeOf<K extends Kind> extends Omit<PlanNode, 'kind' | 'settings'> {
  kind: K;
  settings: SettingsOf<K>;
}

/** The same with the inputs that the kind declares. */
type Typed<K extends Kind, Work> = Omit<Work, 'node' | 'inputs'> & { node: NodeOf<K>; inputs: { [input in InputOf<K>]: Digest[] } };

type InputOf<K extends Kind> = keyof DefinitionOf<K>['inputs'];

type OutputsOf<K extends Kind> = { [output in keyof DefinitionOf<K>['outputs']]: Digest };

/** A chunk of a kind that treats items one by one. */
export type ChunkOf<K extends Kind> = Omit<Chunk, 'node' | 'rows'> & { node: NodeOf<K>; rows: { [input in InputOf<K>]: OriginRow[] } };

/** All chunks of such a kind. */
export type MemberOf<K extends Kind> = Typed<K, Member>;

export type MapKind<K extends Kind> = MapWork<ChunkOf<K>, MemberOf<K>>;

export type StepKind<K extends Kind> = StepWork<Typed<K, StepNode>, OutputsOf<K>>;

export type ProcessKind<K extends Kind> = ProcessWork<Typed<K, ProcessNode>, OutputsOf<K>>;

/** The work of a kind, by the shape that its definition has. */
export type WorkOf<K extends Kind> = { map: MapKind<K>; step: StepKind<K>; process: ProcessKind<K> }[DefinitionOf<K>['shape']];
