import type { PlanCell, PlanClaim } from '../../plan/index.ts';
import { kindOf } from '../../schemas/index.ts';
import type { SideOptions } from './selectors.ts';
import { createSides } from './sides.ts';
import type { SideDraft, Sides } from './sides.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { didYouMean, listed, oneOf } from '../diagnostics/near.ts';
import { isSound } from '../check/sound.ts';
import type { Place, SourceFiles } from '../diagnostics/source.ts';
import { entryOf, placeOf } from '../read/tree.ts';
import type { Entry, Tree } from '../read/tree.ts';

/** A claim whose sides are cells; lowering turns these into nodes. */
export interface ClaimDraft extends Omit<PlanClaim, 'of' | 'to' | 'at'> {
  of: SideDraft;
  to: SideDraft | number;
  at: Place;
}

export interface ClaimOptions extends SideOptions {
  /** Names of all sweeps of the file, also of those that are not asked for. */
  sweeps: string[];
  /** Problems of earlier passes. */
  earlier: Problem[];
}

/**
 * The claims of a file with the cells that each side takes. Where only a part of the cells was asked for (`isWhole` is
 * false), claims that need others are left out.
 */
export function readClaims(root: Tree, options: ClaimOptions): { claims: ClaimDraft[]; problems: Problem[] } {
  const list = entryOf(root, 'claims')?.value;
  const problems: Problem[] = [];
  const claims: ClaimDraft[] = [];
  const known = new Map<string, Place>();
  const sides = createSides(options, problems);
  for (const tree of list?.kind === 'list' ? list.items : []) {
    if (tree.kind !== 'map' || !isSound(tree, options)) continue;
    const before = problems.length;
    const claim = readClaim(tree, { ...options, problems, sides });
    const id = entryOf(tree, 'id')?.value;
    const first = id && known.get(textOf(id));
    if (id && first) problems.push(sameId(textOf(id), id.at, first));
    if (id) known.set(textOf(id), first ?? id.at);
    if (claim && problems.length === before) claims.push(claim);
  }
  return { claims, problems };
}

/** Claims over the nodes of a plan. */
export function lowerClaims(claims: ClaimDraft[], { cells, files }: { cells: PlanCell[]; files: SourceFiles }): PlanClaim[] {
  const lowered = ({ text, step, cells: indexes }: SideDraft) => {
    const nodes = indexes.map((index) => cells[index]?.nodes[step]).filter((node) => node !== undefined);
    return { text, nodes: [...new Set(nodes)] };
  };
  return claims.map(({ of, to, at, ...rest }) => ({ ...rest, of: lowered(of), to: typeof to === 'number' ? to : lowered(to), at: files.positionOf(at) }));
}

interface ReadOptions extends ClaimOptions {
  problems: Problem[];
  sides: Sides;
}

function readClaim(tree: Tree, { problems, sides, steps, sweeps }: ReadOptions): ClaimDraft | null {
  const id = entryOf(tree, 'id');
  const metric = entryOf(tree, 'metric')?.value;
  const step = entryOf(metric, 'step')?.value;
  const nameTree = entryOf(metric, 'name')?.value;
  const name = textOf(nameTree);
  const relation = relationOf(tree, problems);
  if (!id || !step || relation === null) return null;
  const sweep = entryOf(tree, 'sweep')?.value;
  const hasSweep = sweep === undefined || sweeps.includes(textOf(sweep));
  if (sweep && !hasSweep) problems.push(unknownSweep(textOf(sweep), sweep.at, sweeps));
  const given = entryOf(metric, 'n')?.value;
  const asked = { sweep: sweep && hasSweep ? textOf(sweep) : null, metric: name, n: given };
  const names = [relation.other, entryOf(tree, 'of')?.value].map((side) => entryOf(side, 'step')?.value ?? step);
  const ofSteps = [...new Set(names)].flatMap((each) => wrongStep(each, nameTree, steps));
  const wrong = ofSteps.length > 0 ? ofSteps : wrongSize(given, { step: textOf(step), read: names.map(textOf), metric: name }, steps);
  problems.push(...wrong);
  if (wrong.length > 0 || !hasSweep) return null;
  const found = sides.read({ ...asked, step: textOf(step), at: id.value.at, of: entryOf(tree, 'of'), other: relation.entry });
  if (found === null) return null;
  const margin = numberOf(entryOf(tree, 'margin')?.value) ?? 0;
  const confidence = numberOf(entryOf(tree, 'confidence')?.value) ?? 0.95;
  return { id: textOf(id.value), metric: name, ...found, relation: relation.name, margin, confidence, at: id.value.at };
}

function relationOf(tree: Tree, problems: Problem[]): { name: 'above' | 'below'; other: Tree; entry: Entry } | null {
  const [above, below] = [entryOf(tree, 'above'), entryOf(tree, 'below')];
  const at = placeOf({ tree, key: entryOf(tree, 'id')?.value.at ?? null });
  if (above && !below) return { name: 'above', other: above.value, entry: above };
  if (below && !above) return { name: 'below', other: below.value, entry: below };
  problems.push({
    code: 'E0212',
    at: below?.key ?? at,
    message: above ? 'a claim lies above or below, not both' : 'a claim without another side',
    expected: 'above or below, with cells or a number',
    got: above ? 'both' : 'neither',
    hint: above ? 'make two claims of it' : 'add above or below',
    ...(above && { related: [{ message: 'above is given here', at: above.key }] }),
  });
  return null;
}

function wrongStep(step: Tree, written: Tree | undefined, { drafts, others }: ClaimOptions['steps']): Problem[] {
  const [name, metric] = [textOf(step), textOf(written)];
  const draft = drafts.get(name);
  if (!draft && others.has(name)) return [];
  if (!draft)
    return [{ code: 'E0210', at: step.at, message: `there is no step ${name}`, expected: measurers(drafts), got: name, hint: didYouMean(name, drafts.keys(), 'name a step that measures') }];
  const { kind, measures: made = [] } = draft.definition;
  if (made.includes(metric)) return [];
  const measures = made.length === 0 ? `${name} (${kind}) measures nothing that can be claimed` : `${name} (${kind}) does not measure ${metric}`;
  return [{
    code: 'E0211',
    at: made.length === 0 ? step.at : (written?.at ?? step.at),
    message: measures,
    expected: made.length === 0 ? measurers(drafts) : oneOf(made),
    got: made.length === 0 ? Object.values(kindOf(kind).outputs).join(', ') : metric,
    related: [{ message: `${name} is declared here`, at: draft.at }],
  }];
}

/** Only the accuracy of Best-of-N has an N. */
function wrongSize(given: Tree | undefined, { step, read, metric }: { step: string; read: string[]; metric: string }, { drafts }: ClaimOptions['steps']): Problem[] {
  const kind = drafts.get(step)?.definition.kind;
  const hasSizes = metric === 'accuracy' && read.some((each) => drafts.get(each)?.definition.sizes);
  if (given === undefined || kind === undefined || hasSizes) return [];
  return [{ code: 'E0211', at: given.at, message: `the ${metric} of ${step} (${kind}) has no N`, expected: 'n with the accuracy of eval/bon only', got: `n: ${textOf(given)}`, hint: 'remove n' }];
}

function measurers(drafts: ClaimOptions['steps']['drafts']): string {
  const names = [...drafts.values()].filter(({ definition }) => definition.measures).map(({ id }) => id);
  return `a step that measures: ${names.length === 0 ? 'this file has none' : listed(names)}`;
}

function unknownSweep(name: string, at: Place, sweeps: string[]): Problem {
  const hint = didYouMean(name, sweeps, sweeps.length === 0 ? 'leave sweep out, or declare sweeps' : undefined);
  return { code: 'E0210', at, message: `there is no sweep ${name}`, expected: oneOf(sweeps), got: name, hint };
}

function sameId(id: string, at: Place, first: Place): Problem {
  return { code: 'E0215', at, message: `another claim is called ${id}`, hint: 'give each claim its own id', related: [{ message: 'first called so here', at: first }] };
}

function textOf(tree: Tree | undefined): string {
  return tree?.kind === 'leaf' ? String(tree.value) : '';
}

function numberOf(tree: Tree | undefined): number | null {
  return tree?.kind === 'leaf' && typeof tree.value === 'number' ? tree.value : null;
}
