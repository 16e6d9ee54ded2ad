import type { Static, TObject } from '@sinclair/typebox';
import type { Amount, Lengths } from '../../plan/estimate.ts';
import type { ArtifactType, JsonObject, Shape } from '../../plan/index.ts';

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
  /** Another input, which must be other work than this one. */
  differsFrom?: string;
  /** Measures the model: a warning where a training that the model comes from has read the same artifact. */
  heldOut?: true;
}

/** A key of `with` that names a source folder. */
interface SourceDefinition {
  description: string;
  /** The folder's name where the key is left out; absent: the key is asked for. */
  default?: string;
  /** May be left out: the step then reads no folder. */
  optional?: true;
}

/** What `try` prints of one item. */
export interface ShownItem {
  /** Column of an input that the item was made of, and what to call it. */
  from?: { input: string; column: string; as: string };
  /** What to call each text that was made → its column. */
  made: { readonly [what: string]: string };
  /** Rows with the same value in `column` are samples of one item, whose text is in the column `text`. */
  samplesOf?: { column: string; text: string };
}

/** What a kind is, whatever its settings. */
interface KindFacts {
  /** What `uses` says; also the path of its files in `schemas/kinds/` and `activities/kinds/`. */
  kind: string;
  /** Part of every key: raise it when the same settings and inputs give another result. */
  version: number;
  shape: Shape;
  /** What it reads changes by itself: its first result is used until a run refreshes it. */
  pinned?: true;
  /** Its work has parts, and several workers may do it together: each does what is not done yet. Left out: one worker does it. */
  together?: true;
  /** One node for all cells of all sweeps, which reads what every cell has made. */
  gathers?: true;
  /** One sentence for hover texts and the reference. */
  description: string;
  inputs: { readonly [name: string]: InputDefinition };
  /** Output name → artifact type; a kind with one output calls it `out`. */
  outputs: { readonly [name: string]: ArtifactType };
  /** Format of the prompts in what it makes. Left out: that of its first input. */
  promptFormat?: string;
  /** Role → what the model is used for; the role is the key of `with` that names a model of the file. */
  models: { readonly [role: string]: string };
  /** Key of `with` → what it names; the value is the name of a source folder of the operator's configuration. */
  sources: { readonly [setting: string]: SourceDefinition };
  /** Values of its metrics that claims can be about. */
  measures?: readonly string[];
  /** The input whose texts its model scores, and how many texts each item of it has. */
  scores?: { input: string; texts: number };
  /** Mean tokens of an answer of its model. Left out: not known. */
  meanAnswer?: number;
  /** Statuses besides `ok` of items that can be used. Left out: none. */
  useful?: readonly string[];
  /** Items keep the status they came with. */
  keepsStatus?: true;
  /** Seconds it takes in the quickstart on two cores. Left out: 30. */
  typicalSeconds?: number;
  shows?: ShownItem;
  /** Variables of a prompt template; the first is the item, which a template has to show. Left out: it has none of the user's own. */
  variables?: readonly string[];
  /** Takes code out of the answers of its model; a template of the user's own may say that all of their text is taken. */
  extracts?: true;
}

/** Another step that a step reads, as a check sees it. */
export interface CheckedStep {
  kind: string;
  name: string;
  settings: JsonObject;
  /** Keys of `with` that name a source folder. */
  sources: readonly string[];
  /** The artifacts of an input, as a file names them. */
  artifacts(input: string): readonly string[];
  /** The step that makes the first artifact of an input; null where there is none. */
  reads(input: string): CheckedStep | null;
  /** What the first artifact of an input is: equal for equal work. Null where there is none, or where it has errors. */
  work(input: string): string | null;
}

/** A setting that contradicts another one, or names what does not exist; `key` is the key of `with` where it is reported. */
export interface Contradiction {
  key: string;
  /** Names of what exists, some of them at least, where `got` is none of them. */
  known?: readonly string[];
  message: string;
  expected: string;
  got?: string;
  hint: string;
}

/** What follows from the settings of a step, every default filled in. */
interface KindRules<Settings> {
  /**
   * Items of each output at most; null: known once a source is read. `entering` has 0 of an input that a step leaves out. Left out: it
   * makes no items.
   */
  items?(settings: Settings, entering: (input: string) => number | null): { [output: string]: number | null };
  /**
   * Tokens of one item; `answer` are those of an answer of its model, and an input that a step leaves out has none. Left out: those of
   * its first input.
   */
  lengths?(settings: Settings, above: { entering: (input: string) => Lengths; answer: Amount }): Lengths;
  /** Pairs that a training shows to its model at most, of so many. */
  trains?(settings: Settings, pairs: number | null): number | null;
  /** The settings of a trial on so many items. Left out: the number of items is that of the inputs. */
  sampled?(settings: Settings, items: number): JsonObject;
  /** What its schema cannot say: settings that contradict each other or those of a step it reads, and names that do not exist. */
  check?(settings: Settings, step: CheckedStep): Contradiction[];
  /**
   * File of the prompt template that its model is asked with: of `templates/`, or of its source folder `templates` where it names
   * one. Left out or null: the item itself is the message.
   */
  template?(settings: Settings): string | null;
  /** Tokens of the shipped template that is long. Left out or null: it is short. */
  templateTokens?(settings: Settings): Amount | null;
  /** Files of its source folders that it reads, as patterns over paths inside them. Left out: all. */
  files?(settings: Settings): { include: string[]; exclude: string[] };
  /** Numbers of samples that it picks from, for claims about one of them. */
  sizes?(settings: Settings): readonly number[];
}

/** Everything the language knows of a kind of step. */
export interface KindDefinition extends KindFacts, KindRules<JsonObject> {
  /** Keys of `with` that are plain values. Keys with a default may be left out; the rest is asked for. */
  settings: TObject;
}

/** A kind, checked for shape and kept as narrow as it is written; its rules are typed by its own settings. */
export function defineKind<const F extends KindFacts, S extends TObject>(
  definition: F & { settings: S } & KindRules<Static<S>>,
): F & { settings: S } & KindRules<Static<S>> {
  return definition;
}

/** The settings of a step, if it is of this kind. */
export function settingsAs<S extends TObject>(step: CheckedStep | null, { kind }: { kind: string; settings: S }): Static<S> | null {
  return step?.kind === kind ? (step.settings as Static<S>) : null;
}

/** Settings with these numbers of items no larger than a trial asks for; null is all of them. */
export function sampledAtMost<Name extends string>(
  ...names: Name[]
): (settings: { readonly [name in Name]: number | null }, items: number) => JsonObject {
  return (settings, items) => ({
    ...settings,
    ...Object.fromEntries(names.map((name) => [name, Math.min(Number(settings[name] ?? items), items)])),
  });
}
