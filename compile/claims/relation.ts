import type { PlanClaim } from '../../plan/index.ts';
import { claimDefaults } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { entryOf, placeOfTree, textOfLeaf } from '../read/tree.ts';
import type { Entry, Tree } from '../read/tree.ts';

/** What a claim says of its first side. */
export interface Relation extends Pick<PlanClaim, 'relation' | 'margin'> {
  /** What that side is compared with, one by one. */
  others: Entry[];
}

const relations = ['above', 'below', 'near'] as const;

/** How a claim compares, and what with; null where its keys do not go together. */
export function readRelation(tree: Tree, problems: Problem[]): Relation | null {
  const given = relations
    .flatMap((relation) => ({ relation, entry: entryOf(tree, relation) }))
    .filter((each): each is Given => each.entry !== undefined);
  const [first, second] = given;
  const wrong = !first ? withoutSide(tree) : second ? severalRelations(first, second) : wrongMargin(tree, first);
  if (wrong) problems.push(wrong);
  if (wrong || !first) return null;
  const { relation, entry } = first;
  const margin = entryOf(tree, marginOf[relation])?.value;
  const others = entry.value.kind === 'list' ? entry.value.items.map((value) => ({ key: value.at, value })) : [entry];
  return { relation, margin: margin ? Number(textOfLeaf(margin)) : claimDefaults.margin, others };
}

interface Given {
  relation: Relation['relation'];
  entry: Entry;
}

/** The key that bounds the difference. */
const marginOf = { above: 'margin', below: 'margin', near: 'within' } as const;

function withoutSide(tree: Tree): Problem {
  const at = placeOfTree({ tree, key: entryOf(tree, 'id')?.value.at ?? null });
  return {
    code: 'E0212',
    at,
    message: 'a claim without another side',
    expected: 'above, below or near, with cells or a number',
    got: 'none of them',
    hint: 'add above, below or near',
  };
}

function severalRelations(first: Given, second: Given): Problem {
  return {
    code: 'E0212',
    at: second.entry.key,
    message: `a claim has either ${first.relation} or ${second.relation}`,
    expected: 'one of above, below and near',
    got: 'both',
    hint: 'make two claims of it',
    related: [{ message: `${first.relation} is given here`, at: first.entry.key }],
  };
}

function wrongMargin(tree: Tree, { relation, entry }: Given): Problem | null {
  const own = marginOf[relation];
  const other = own === 'margin' ? 'within' : 'margin';
  const stray = entryOf(tree, other);
  if (stray)
    return {
      code: 'E0212',
      at: stray.key,
      message: `${other} does not go with ${relation}`,
      expected: `${own} with ${relation}`,
      got: other,
      hint: `write ${own} instead`,
    };
  if (own === 'margin' || entryOf(tree, own)) return null;
  const expected = 'within: the largest difference that still counts as none';
  return {
    code: 'E0212',
    at: entry.key,
    message: 'near says nothing without within',
    expected,
    got: 'no within',
    hint: 'add within, for example within: 0.02',
  };
}
