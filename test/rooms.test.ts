import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** Rooms whose values a room may import, besides itself. */
const allowed: { [room: string]: string[] } = {
  plan: [],
  schemas: ['plan'],
  compile: ['plan', 'schemas'],
  items: ['plan'],
  stats: [],
  report: ['plan', 'stats'],
  ports: ['plan'],
  adapters: ['plan', 'ports'],
  activities: ['plan', 'ports', 'items', 'stats'],
  workflows: ['plan'],
  worker: ['plan', 'ports', 'compile', 'report', 'adapters', 'activities'],
  cli: ['plan', 'ports', 'schemas', 'compile', 'items', 'adapters', 'workflows', 'report', 'stats'],
};

const files = Object.keys(allowed).flatMap((room) =>
  readdirSync(join(home, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ room, path: join(room, name) })),
);

/** Paths that a file imports by value. */
function valueImports(path: string): string[] {
  const text = readFileSync(join(home, path), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gms);
  return [...statements].map(([, target]) => normalize(relative(home, join(home, dirname(path), target ?? ''))));
}

/** Other rooms that a cell of the table names: one by one, or all but some. */
function importedBy(own: string, cell: string): string[] {
  const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  if (!cell.startsWith('all')) return names;
  return Object.keys(allowed).filter((room) => room !== own && !names.includes(room));
}

describe('the rooms', () => {
  it('import values only from the rooms named in the architecture', () => {
    const wrong = files.flatMap(({ room, path }) =>
      valueImports(path)
        .filter((target) => target.split('/')[0] !== room && !allowed[room]?.includes(target.split('/')[0] ?? ''))
        .map((target) => `${path} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keep hashing and the world out of the workflows', () => {
    const targets = files.filter(({ room }) => room === 'workflows').flatMap(({ path }) => valueImports(path));
    expect(targets.filter((target) => !target.startsWith('workflows/') && target !== 'plan/index.ts')).toEqual([]);
  });

  it('have a table in the architecture that says the same', () => {
    const text = readFileSync(join(home, 'ARCHITECTURE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)\/` \|.*\| ([^|]*) \|$/gm)].map(([, room = '', imports = '']): [string, string[]] => [room, importedBy(room, imports)]);
    const said = rows.filter(([room]) => room !== 'trainer').map(([room, names]) => [room, names.toSorted()]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(Object.entries(allowed).map(([room, names]) => [room, names.toSorted()])));
  });
});
