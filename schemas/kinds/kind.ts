import type { TObject } from '@sinclair/typebox';
import type { ArtifactType, JsonObject, Kind, Shape } from '../../plan/index.ts';

/** A key of `with` that takes artifacts: the id of a step, or `step.output`. */
export interface InputDefinition {
  description: string;
  types: readonly ArtifactType[];
  /** Takes a list of artifacts. */
  many?: true;
  /** May be left out. */
  optional?: true;
  /** Also takes the name of base weights of the operator's configuration. */
  orWeights?: true;
}

/** A key of `with` that names a source folder. */
export interface SourceDefinition {
  description: string;
  /** The folder's name where the key is left out; absent: the key is asked for. */
  default?: string;
}

/** Everything the language knows of a kind of step. */
export interface KindDefinition<K extends Kind = Kind> {
  kind: K;
  /** Part of every key: raise it when the same settings and inputs give another result. */
  version: number;
  shape: Shape;
  /** Declared only: it is checked and planned, and running it is a diagnostic. */
  runnable?: false;
  /** One node for all cells of all sweeps, which reads what every cell has made. */
  gathers?: true;
  /** The settings of a trial on so many items; left out where the number of items is that of the inputs. */
  sampled?: (settings: JsonObject, items: number) => JsonObject;
  /** One sentence for hover texts and the reference. */
  description: string;
  inputs: { readonly [name: string]: InputDefinition };
  /** Output name → artifact type; a kind with one output calls it `out`. */
  outputs: { readonly [name: string]: ArtifactType };
  /** Role → what the model is used for; the role is the key of `with` that names a model of the file. */
  models: { readonly [role: string]: string };
  /** Key of `with` → what it names; the value is the name of a source folder of the operator's configuration. */
  sources: { readonly [setting: string]: SourceDefinition };
  /** Keys of `with` that are plain values. Keys with a default may be left out; the rest is asked for. */
  settings: TObject;
}

/** A kind, checked for shape and kept as narrow as it is written. */
export function defineKind<const K extends Kind, const D extends KindDefinition<K>>(definition: D & { kind: K }): D {
  return definition;
}

/** Settings with these numbers of items no larger than a trial asks for; null is all of them. */
export function atMost(...names: string[]): NonNullable<KindDefinition['sampled']> {
  return (settings, items) => ({
    ...settings,
    ...Object.fromEntries(names.map((name) => [name, Math.min(Number(settings[name] ?? items), items)])),
  });
}
