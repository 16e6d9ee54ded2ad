import type { Problem } from './diagnostic.ts';
import type { Step } from './steps.ts';

/** Steps so that each comes after what it reads, otherwise as in the file; and the cycles that stand in the way. */
export function inOrder(steps: Step[]): { ordered: Step[]; problems: Problem[] } {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const done = new Set<string>();
  const path: Step[] = [];
  const ordered: Step[] = [];
  const problems: Problem[] = [];
  const visit = (step: Step): void => {
    if (done.has(step.id)) return;
    const start = path.indexOf(step);
    if (start !== -1) {
      problems.push(cycle(path.slice(start)));
      return;
    }
    path.push(step);
    for (const id of readBy(step)) {
      const source = byId.get(id);
      if (source) visit(source);
    }
    path.pop();
    done.add(step.id);
    ordered.push(step);
  };
  for (const step of steps) visit(step);
  return { ordered, problems };
}

/** Ids of the steps a step reads. */
export function readBy({ inputs }: Step): string[] {
  return Object.values(inputs).flatMap((references) => references.map(({ node }) => node));
}

function cycle(members: Step[]): Problem {
  const ids = members.map(({ id }) => id);
  const [first] = [...members].sort((a, b) => a.at.start - b.at.start);
  return {
    code: 'E0133',
    at: first?.at ?? null,
    message: `steps wait for each other: ${[...ids, ids[0]].join(' reads ')}`,
    hint: 'let one of them read something else',
    related: members
      .filter((each) => each !== first)
      .map((each) => ({ message: `${each.id} is declared here`, at: each.at })),
  };
}
