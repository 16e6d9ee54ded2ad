import type { ReportSection } from '../schemas/index.ts';
import type { ReportBlock } from './document.ts';
import { numbersOf } from './figures/numbers.ts';

/**
 * Gives every table and figure its name and an id of its own, and every declared figure a table of its numbers. A view keeps
 * the name that its file gives it; others take the next number that is free, and details of the report count S1, S2, ….
 */
export function withNames(sections: readonly ReportSection[]): ReportSection[] {
  const taken = new Set(sections.flatMap(({ blocks }) => blocks.map(({ name }) => name)));
  const ids = new Set([...sections.map(({ id }) => id), 'summary', 'missing', 'provenance', 'claims']);
  const freeName = (kind: string, prefix: string): string => {
    let number = 1;
    while (taken.has(`${kind} ${prefix}${number}`)) number++;
    const name = `${kind} ${prefix}${number}`;
    taken.add(name);
    return name;
  };
  const named = (block: ReportBlock): ReportBlock => {
    const kind = block.block === 'table' ? 'Table' : 'Figure';
    const name = block.name === '' ? freeName(kind, block.view === null ? 'S' : '') : block.name;
    return { ...block, name, id: freeId(block.id, ids) };
  };
  return sections.map((section) => ({
    ...section,
    blocks: section.blocks.map(named).flatMap((block) => (block.block === 'figure' && block.view !== null ? [block, numbersOf(block)] : [block])),
  }));
}

/** Letters, digits and dashes that no other block has; a file may be called so. */
function freeId(wanted: string, ids: Set<string>): string {
  const plain = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'view';
  let id = plain;
  for (let number = 2; ids.has(id) || ids.has(`${id}-numbers`); number++) id = `${plain}-${number}`;
  ids.add(id);
  return id;
}
