import { planVersion, type ParamValues, type Plan } from '../plan/index.ts';
import { lowerClaims } from './claims/claims.ts';
import { checkSchema } from './check/schema.ts';
import type { Config } from '../ports/configuration.ts';
import { isError, toDiagnostics, type Diagnostic, type Problem } from './diagnostics/diagnostic.ts';
import { estimate } from './estimate/estimate.ts';
import { createBases, type Bases, type NamedFile } from './extends/bases.ts';
import { besideRemovals } from './extends/problems.ts';
import { readWhole } from './extends/extends.ts';
import { groupNodes } from './graph/group.ts';
import { lower } from './graph/lower.ts';
import { readGiven } from './extends/params-file.ts';
import { renderDiagnostic } from './diagnostics/render.ts';
import { resolve } from './resolve.ts';
import { untrainableBases } from './graph/bases.ts';
import type { SourceFiles } from './diagnostics/source.ts';
import { checkTemplates } from './templates/of-steps.ts';
import { lowerViews } from './views/views.ts';

export interface CompileOptions {
  /** The file, as bytes or as text. */
  source: Uint8Array | string;
  /** Name of the file, for diagnostics. */
  file: string;
  /** Values of params. */
  set?: ParamValues;
  /** Files with values of params; later ones override earlier ones, and `set` overrides all. */
  params?: NamedFile[] | undefined;
  /** Only the cells of these sweeps; an empty list: no sweep, the one cell of the defaults. */
  sweeps?: string[] | undefined;
  /** Only the cells with these values. */
  cell?: ParamValues | undefined;
  /** A trial of the whole pipeline on so many items. */
  sample?: number | null | undefined;
  /** The plan is to run: weights that cannot be trained are errors, not warnings. */
  toRun?: boolean | undefined;
  /** Texts of the files it extends, by path, relative to the same folder as the name of the file. */
  files?: { [file: string]: string } | undefined;
  /** Where the files it extends come from. Default: the shipped ones and `files`; nothing is read from disk. */
  bases?: Bases | undefined;
  config: Config;
}

/** The result: with a plan, only warnings; without one, at least one error. */
export type Compiled = Checked & ({ plan: Plan } | { plan?: undefined });

export interface Checked {
  /** In the order of the file. */
  diagnostics: Diagnostic[];
  /** The diagnostics as text with code frames. */
  rendered: string[];
  /** The texts of all other files that were read, by their names in diagnostics. */
  texts?: { [file: string]: string };
  /** Those of them that it extends: a submission includes them. */
  files?: { [file: string]: string };
  /** Values of params from files and `set` together, if there are params files. */
  set?: ParamValues;
}

/** Compiles a pipeline file into a plan. Never throws because of a file's content: all mistakes are diagnostics, reported together. */
export function compile(options: CompileOptions): Compiled {
  const { source, file, set = {}, params = [], sweeps, cell, sample = null, toRun = false, files, config } = options;
  const { bases = createBases(files ? { files } : {}) } = options;
  const { tree: whole, sources, removed, problems: ofReading } = readWhole({ file, source }, bases);
  if (!whole) return checkedFile(sources, ofReading);
  const extended = sources.others();
  const given = readGiven(params, { set, sources });
  const { tree, problems: ofSchema } = checkSchema(whole);
  const earlier = [...ofReading, ...given.problems, ...ofSchema];
  const { resolved, problems } = resolve(tree, { set: given.values, given: given.places, config, earlier, sweeps, cell });
  problems.push(...untrainableBases(resolved.instances, config, { toRun }));
  problems.push(...checkTemplates(resolved.instances, { config, files: sources }));
  const found: Checked = checkedFile(sources, besideRemovals([...earlier, ...problems], removed));
  if (Object.keys(extended).length > 0) found.files = extended;
  if (params.length > 0) found.set = given.values;
  if (found.diagnostics.some(isError)) return found;
  const { views, instances } = resolved;
  const viewsOf = (nodeOfStep: (step: string) => string | undefined) => lowerViews(views, { nodeOf: nodeOfStep, steps: instances.steps });
  const { nodes, cells, nodeOf } = lower({ ...resolved, viewsOf, files: sources, sample });
  const origins = new Map(
    [...resolved.origins].map(([step, ref]) => [nodeOf(step) ?? '', ref && { ...ref, node: nodeOf(ref.node) ?? '' }]),
  );
  const groups = groupNodes(nodes, origins);
  const plan: Plan = {
    version: planVersion,
    name: resolved.name,
    cells,
    nodes,
    groups,
    claims: lowerClaims(resolved.claims, { cells: resolved.cells, planCells: cells, files: sources }),
    budget: resolved.budget,
    estimate: estimate(nodes, { groups, config }),
  };
  return { ...found, plan };
}

function checkedFile(sources: SourceFiles, problems: Problem[]): Checked {
  const diagnostics = toDiagnostics(sources.main, problems, sources.of);
  const texts = sources.others();
  const rendered = diagnostics.map((each) => renderDiagnostic(each, sources.textOf));
  return { diagnostics, rendered, ...(Object.keys(texts).length > 0 && { texts }) };
}
