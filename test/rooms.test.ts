import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kindNames } from '../schemas/index.ts';

const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** Rooms that a room may import, besides itself. */
const allowed: { [room: string]: string[] } = {
  plan: [],
  ports: ['plan'],
  records: ['plan', 'ports'],
  schemas: ['plan'],
  compile: ['plan', 'ports', 'schemas'],
  items: ['plan'],
  stats: ['plan'],
  report: ['plan', 'stats'],
  adapters: ['plan', 'ports'],
  activities: ['plan', 'ports', 'records', 'schemas', 'items', 'stats'],
  workflows: ['plan'],
  worker: ['plan', 'ports', 'compile', 'report', 'adapters', 'activities'],
  cli: ['plan', 'ports', 'records', 'schemas', 'compile', 'items', 'adapters', 'workflows', 'report', 'stats'],
};

/** An import of one file by another; `byValue` is false where only types are taken. */
interface Import {
  from: string;
  to: string;
  byValue: boolean;
}

const files = Object.keys(allowed).flatMap((room) =>
  readdirSync(join(home, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name)),
);

const imports: Import[] = files.flatMap((from) => {
  const statements = readFileSync(join(home, from), 'utf8').matchAll(/^(?:import|export)\s+(type\b)?(?:[^;'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gms);
  return [...statements].map(([, type, target = '']) => ({ from, to: normalize(relative(home, join(home, dirname(from), target))), byValue: !type }));
});

const roomOf = (path: string): string => path.split('/')[0] ?? '';

/** Other rooms that a cell of the table names: one by one, or all but some. */
function importedBy(own: string, cell: string): string[] {
  const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  if (!cell.startsWith('all')) return names;
  return Object.keys(allowed).filter((room) => room !== own && !names.includes(room));
}

describe('the rooms', () => {
  it('import only the rooms named in the architecture, types included', () => {
    const typesOnly = ['workflows → activities', 'activities → compile', 'activities → report'];
    const wrong = imports.filter(({ from, to, byValue }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      return own !== other && !allowed[own]?.includes(other) && (byValue || !typesOnly.includes(`${own} → ${other}`));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('keep hashing and the world out of the workflows', () => {
    const targets = imports.filter(({ from, byValue }) => roomOf(from) === 'workflows' && byValue).map(({ to }) => to);
    expect(targets.filter((target) => !target.startsWith('workflows/') && target !== 'plan/index.ts')).toEqual([]);
  });

  it('know kinds by their definitions: no name of one decides anything outside the folders of kinds', () => {
    const names = kindNames.join('|');
    const decision = new RegExp(`case '(${names})'|\\bkind\\)? [=!]== '(${names})'|kind\\.startsWith\\(`);
    // Metrics are told apart by the kind that measured them.
    const ofMetrics = ['cli/diff/results.ts', 'stats/claims/values.ts'];
    const deciding = files.filter((path) => !/^(schemas|activities)\/kinds\//.test(path) && decision.test(readFileSync(join(home, path), 'utf8')));
    expect(deciding.filter((path) => !ofMetrics.includes(path))).toEqual([]);
  });

  it('have a table in the architecture that says the same', () => {
    const text = readFileSync(join(home, 'ARCHITECTURE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)\/` \|.*\| ([^|]*) \|$/gm)].map(([, room = '', cell = '']): [string, string[]] => [room, importedBy(room, cell)]);
    const said = rows.filter(([room]) => room !== 'trainer').map(([room, names]) => [room, names.toSorted()]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(Object.entries(allowed).map(([room, names]) => [room, names.toSorted()])));
  });
});
