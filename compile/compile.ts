import type { ParamValues, Plan } from '../plan/index.ts';
import { checkSchema } from './check-schema.ts';
import type { Config } from './config.ts';
import { isError, toDiagnostics } from './diagnostic.ts';
import type { Diagnostic, Problem } from './diagnostic.ts';
import { estimate } from './estimate.ts';
import { createBases } from './extends-read.ts';
import type { Bases, NamedFile } from './extends-read.ts';
import { besideRemovals, readWhole } from './extends.ts';
import { group } from './group.ts';
import { lower } from './lower.ts';
import { readGiven } from './params-file.ts';
import type { SetValues } from './params.ts';
import { renderDiagnostic } from './render.ts';
import { resolve } from './resolve.ts';
import type { SourceFiles } from './source.ts';

export interface CompileOptions {
  /** The file, as bytes or as text. */
  source: Uint8Array | string;
  /** Name of the file, for diagnostics. */
  file: string;
  /** Values of params. */
  set?: SetValues;
  /** Files of values of params; later ones win, and `set` wins over all. */
  params?: NamedFile[] | undefined;
  /** Only the cells of these sweeps; an empty list: no sweep, the one cell of the defaults. */
  sweeps?: string[];
  /** Only the cells with these values. */
  cell?: ParamValues;
  /** A trial of the whole pipeline on so many items. */
  sample?: number | null;
  /** Texts of files that it extends, by their path from where the name of the file is counted. */
  files?: { [file: string]: string } | undefined;
  /** Where the files that it extends come from. Default: the shipped ones and `files`, nothing of the disk. */
  bases?: Bases | undefined;
  config: Config;
}

/** What was found: with a plan warnings only, without one at least one error. */
export type Compiled = Checked & ({ plan: Plan } | { plan?: undefined });

export interface Checked {
  /** In the order of the file. */
  diagnostics: Diagnostic[];
  /** The diagnostics as text with code frames. */
  rendered: string[];
  /** The texts of the files that it extends, by the names that diagnostics give them. */
  files?: { [file: string]: string };
  /** Values of params from files and `set` together, where files gave some. */
  set?: SetValues;
}

/** A pipeline file as a plan. Never throws for what a file holds: every mistake is a diagnostic, all of them at once. */
export function compile({ source, file, set = {}, params = [], sweeps, cell, sample = null, files, bases = createBases(files && { files }), config }: CompileOptions): Compiled {
  const { tree, sources, removed, problems: ofReading } = readWhole({ file, source }, bases);
  if (!tree) return checked(sources, ofReading);
  const extended = sources.others();
  const given = readGiven(params, { set, sources });
  const earlier = [...ofReading, ...given.problems, ...checkSchema(tree)];
  const { resolved, problems } = resolve(tree, { set: given.values, given: given.places, config, earlier, sweeps, cell });
  const found = { ...checked(sources, besideRemovals([...earlier, ...problems], removed)), ...(Object.keys(extended).length > 0 && { files: extended }), ...(params.length > 0 && { set: given.values }) };
  if (found.diagnostics.some(isError)) return found;
  const { nodes, cells, nodeOf } = lower({ ...resolved, files: sources, sample });
  const origins = new Map([...resolved.origins].map(([step, ref]) => [nodeOf(step) ?? '', ref && { ...ref, node: nodeOf(ref.node) ?? '' }]));
  const groups = group(nodes, origins);
  const plan: Plan = {
    version: 2,
    name: resolved.name,
    cells,
    nodes,
    groups,
    claims: [],
    budget: resolved.budget,
    estimate: estimate(nodes, { groups, config }),
  };
  return { ...found, plan };
}

/** The diagnostics of a file alone. */
export function check(options: CompileOptions): Checked {
  const { diagnostics, rendered } = compile(options);
  return { diagnostics, rendered };
}

function checked(sources: SourceFiles, problems: Problem[]): Checked {
  const diagnostics = toDiagnostics(sources.main, problems, sources.of);
  return { diagnostics, rendered: diagnostics.map((each) => renderDiagnostic(each, sources.textOf)) };
}
