import type { Json, ParamValues, Scalar } from '../../plan/index.ts';
import { readAlternatives } from '../sweeps/alternatives.ts';
import { toYaml } from './bundle-text.ts';
import { plainLine } from '../../text/index.ts';
import { compile, type Compiled, type CompileOptions } from '../compile.ts';
import { createBases } from '../extends/bases.ts';
import { readWhole } from '../extends/extends.ts';
import { paramNameOf } from '../check/param-values.ts';
import { readParams } from '../names/params.ts';
import { entriesOf, toJson, type Tree } from '../read/tree.ts';

/** The plan and the text of a bundle; no text if the file has errors. */
type Bundled = Compiled & { text?: string };

/**
 * A pipeline and everything it extends as one file with the same plan. Values that were set become the defaults of their params.
 * Comments are lost.
 */
export function bundle(options: Omit<CompileOptions, 'sweeps' | 'cell' | 'sample'>): Bundled {
  const found = compile(options);
  const { tree } = readWhole(options, options.bases ?? createBases(options.files ? { files: options.files } : {}));
  if (!found.plan || !tree) return found;
  const { codepmp = 1, name = '', extends: _, config: __, ...sections } = toJson(tree) as { [section: string]: Json };
  const params = withDefaults((sections['params'] ?? {}) as ParamSpecs, givenDefaults(tree, found.set ?? options.set ?? {}));
  const whole = { codepmp, name, ...sections, ...(sections['params'] === undefined ? {} : { params }) };
  return { ...found, text: `${headComment([options.file, ...Object.keys(found.files ?? {})])}${toYaml(whole)}` };
}

interface ParamSpecs {
  [name: string]: { [key: string]: Json };
}

/** The new defaults of params: values that were set, and those bound by choices that were set. */
function givenDefaults(tree: Tree, set: ParamValues): Map<string, Scalar> {
  const groups = entriesOf(tree, 'alternatives').map(([name]) => name);
  const { params } = readParams(tree, { set, earlier: [], groups });
  const { alternatives } = readAlternatives(tree, { params, earlier: [] });
  const valueOf = (value: Scalar): Scalar => params.get(paramNameOf(value) ?? '')?.value ?? value;
  const values = new Map<string, Scalar>();
  for (const name of Object.keys(set)) {
    const value = params.get(name)?.value;
    if (value !== undefined && value !== null) values.set(name, value);
  }
  for (const [name, choice] of Object.entries(set))
    for (const [param, bound] of alternatives.get(name)?.choices.get(String(choice))?.values ?? []) values.set(param, valueOf(bound.value));
  return values;
}

function withDefaults(params: ParamSpecs, defaults: Map<string, Scalar>): ParamSpecs {
  return Object.fromEntries(
    Object.entries(params).map(([name, spec]) => [name, defaults.has(name) ? { ...spec, default: defaults.get(name) ?? null } : spec]),
  );
}

function headComment(files: string[]): string {
  return `# Made by codepmp bundle from ${files.map(plainLine).join(', ')}.\n\n`;
}
