import type { ParamValues, Plan } from '../plan/index.ts';
import { checkSchema } from './check-schema.ts';
import type { Config } from './config.ts';
import { decode } from './decode.ts';
import { isError, toDiagnostics } from './diagnostic.ts';
import type { Diagnostic, Problem } from './diagnostic.ts';
import { estimate } from './estimate.ts';
import { group } from './group.ts';
import { lower } from './lower.ts';
import type { SetValues } from './params.ts';
import { parse } from './parse.ts';
import { renderDiagnostic } from './render.ts';
import { resolve } from './resolve.ts';
import { createSource } from './source.ts';
import type { Source } from './source.ts';

export interface CompileOptions {
  /** The file, as bytes or as text. */
  source: Uint8Array | string;
  /** Name of the file, for diagnostics. */
  file: string;
  /** Values of params. */
  set?: SetValues;
  /** Only the cells of these sweeps; an empty list: no sweep, the one cell of the defaults. */
  sweeps?: string[];
  /** Only the cells with these values. */
  cell?: ParamValues;
  /** A trial of the whole pipeline on so many items. */
  sample?: number | null;
  config: Config;
}

/** What was found: with a plan warnings only, without one at least one error. */
export type Compiled = Checked & ({ plan: Plan } | { plan?: undefined });

export interface Checked {
  /** In the order of the file. */
  diagnostics: Diagnostic[];
  /** The diagnostics as text with code frames. */
  rendered: string[];
}

/** A pipeline file as a plan. Never throws for what a file holds: every mistake is a diagnostic, all of them at once. */
export function compile({ source: bytes, file, set = {}, sweeps, cell, sample = null, config }: CompileOptions): Compiled {
  const { text, problem } = decode(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
  const source = createSource(file, text);
  if (problem) return { ...checked(source, [problem]) };
  const parsed = parse(text);
  if (!parsed.tree) return checked(source, parsed.problems);
  const earlier = [...parsed.problems, ...checkSchema(parsed.tree)];
  const { resolved, problems } = resolve(parsed.tree, { set, config, earlier, sweeps, cell });
  const found = checked(source, [...earlier, ...problems]);
  if (found.diagnostics.some(isError)) return found;
  const { nodes, cells, nodeOf } = lower({ ...resolved, source, sample });
  const origins = new Map([...resolved.origins].map(([step, ref]) => [nodeOf(step) ?? '', ref && { ...ref, node: nodeOf(ref.node) ?? '' }]));
  const plan: Plan = {
    version: 2,
    name: resolved.name,
    cells,
    nodes,
    groups: group(nodes, origins),
    claims: [],
    budget: resolved.budget,
    estimate: estimate(nodes),
  };
  return { ...found, plan };
}

/** The diagnostics of a file alone. */
export function check(options: CompileOptions): Checked {
  const { diagnostics, rendered } = compile(options);
  return { diagnostics, rendered };
}

function checked(source: Source, problems: Problem[]): Checked {
  const diagnostics = toDiagnostics(source, problems);
  return { diagnostics, rendered: diagnostics.map((each) => renderDiagnostic(each, source.text)) };
}
