import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kindNames } from '../schemas/index.ts';

const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** Rooms that a room may import, besides itself. */
const allowed: { [room: string]: string[] } = {
  plan: [],
  text: [],
  ports: ['plan'],
  records: ['plan', 'ports'],
  schemas: ['plan'],
  compile: ['plan', 'text', 'ports', 'schemas'],
  items: ['plan'],
  stats: ['plan'],
  report: ['plan', 'text', 'ports', 'schemas', 'stats'],
  adapters: ['plan', 'text', 'ports'],
  activities: ['plan', 'text', 'ports', 'records', 'schemas', 'items', 'stats'],
  workflows: ['plan'],
  worker: ['plan', 'ports', 'compile', 'report', 'adapters', 'activities'],
  cli: ['plan', 'text', 'ports', 'records', 'schemas', 'compile', 'items', 'adapters', 'workflows', 'report', 'stats'],
};

/** An import of one file by another; `byValue` is false where only types are taken. */
interface Import {
  from: string;
  to: string;
  byValue: boolean;
}

const files = Object.keys(allowed).flatMap(filesIn);

function filesIn(folder: string): string[] {
  const names = readdirSync(join(home, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** Code in which every string is empty, and of templates only the values are left; comments stay. */
function withoutTexts(code: string): string {
  return code.replace(
    /\/\/.*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|\$\{(?:[^{}]|\{[^{}]*\})*\}|[^`\\])*`/g,
    (part) => {
      if (part.startsWith('/')) return part;
      if (!part.startsWith('`')) return "''";
      return `\`${(part.match(/\$\{(?:[^{}]|\{[^{}]*\})*\}|\n/g) ?? []).join('')}\``;
    },
  );
}

const imports: Import[] = files.flatMap((from) => {
  const statements = readFileSync(join(home, from), 'utf8').matchAll(
    /^(?:import|export)\s+(type\b)?(?:[^;'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gms,
  );
  return [...statements].map(([, type, target = '']) => ({
    from,
    to: normalize(relative(home, join(home, dirname(from), target))),
    byValue: !type,
  }));
});

const roomOf = (path: string): string => path.split('/')[0] ?? '';

/** A folder directly in a room, or the room itself for the files that stand in none. */
const folderOf = (path: string): string => path.split('/').slice(0, path.split('/').length > 2 ? 2 : 1).join('/');

/** Circles in a graph, each as the path that leads back to its start. */
function circles(arrows: { from: string; to: string }[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) found.push([...path.slice(path.indexOf(name)), name].join(' → '));
    else if (!done.has(name)) for (const each of next.get(name) ?? []) visit(each, [...path, name]);
    done.add(name);
  };
  for (const name of next.keys()) visit(name, []);
  return found;
}

/** Other rooms that a cell of the table names: one by one, or all but some. */
function importedBy(own: string, cell: string): string[] {
  const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  if (!cell.startsWith('all')) return names;
  return Object.keys(allowed).filter((room) => room !== own && !names.includes(room));
}

describe('the rooms', () => {
  it('import only the rooms named in the architecture, types included', () => {
    const typesOnly = ['workflows → activities'];
    const wrong = imports.filter(({ from, to, byValue }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      return own !== other && !allowed[own]?.includes(other) && (byValue || !typesOnly.includes(`${own} → ${other}`));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('have no files that import each other in a circle, types included', () => {
    expect(circles(imports)).toEqual([]);
  });

  it('have no folders that import each other in a circle', () => {
    const between = imports.map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }));
    const arrows = between.filter(({ from, to }) => from !== to && from.includes('/') && to.includes('/'));
    expect(circles(arrows)).toEqual([]);
  });

  it('have at most 25 files in a folder, but for the one that has a file for each command', () => {
    const sizes = new Map<string, number>();
    for (const path of files.filter((each) => dirname(each) !== 'cli/commands'))
      sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1);
    expect([...sizes].filter(([, size]) => size > 25)).toEqual([]);
  });

  it('keep hashing and the world out of the workflows', () => {
    const targets = imports.filter(({ from, byValue }) => roomOf(from) === 'workflows' && byValue).map(({ to }) => to);
    expect(targets.filter((target) => !target.startsWith('workflows/') && target !== 'plan/index.ts')).toEqual([]);
  });

  it('know kinds by their definitions: no name of one decides anything outside the folders of kinds', () => {
    const names = kindNames.join('|');
    const decision = new RegExp(`case '(${names})'|\\bkind\\)? [=!]== '(${names})'|kind\\.startsWith\\(`);
    // Metrics are told apart by the kind that measured them.
    const ofMetrics = ['cli/diff/results.ts', 'stats/measured.ts'];
    const deciding = files.filter(
      (path) => !/^(schemas|activities)\/kinds\//.test(path) && decision.test(readFileSync(join(home, path), 'utf8')),
    );
    expect(deciding.filter((path) => !ofMetrics.includes(path))).toEqual([]);
  });

  it('have a table in the architecture that says the same', () => {
    const text = readFileSync(join(home, 'ARCHITECTURE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)\/` \|.*\| ([^|]*) \|$/gm)].map(([, room = '', cell = '']): [string, string[]] => [
      room,
      importedBy(room, cell),
    ]);
    const said = rows.filter(([room]) => room !== 'trainer').map(([room, names]) => [room, names.toSorted()]);
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(Object.entries(allowed).map(([room, names]) => [room, names.toSorted()])));
  });

  it('have lines of at most 140 columns, not counting texts, which are not broken', () => {
    const long = [...files, ...filesIn('test'), ...filesIn('bench'), ...filesIn('setup')].flatMap((file) =>
      withoutTexts(readFileSync(join(home, file), 'utf8'))
        .split('\n')
        .flatMap((line, index) => (line.length > 140 && !/^\s*\/.*\/\w*[,;]?$/.test(line) ? [`${file}:${index + 1}: ${line.length}`] : [])),
    );
    expect(long).toEqual([]);
  });

  it('call no two types by the same name', () => {
    const declared = files.flatMap((file) =>
      [...readFileSync(join(home, file), 'utf8').matchAll(/^(?:export )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm)].map(
        ([, name = '']) => ({ name, file }),
      ),
    );
    const shared = [...Map.groupBy(declared, ({ name }) => name)].filter(([, places]) => places.length > 1);
    expect(shared.map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(', ')}`)).toEqual([]);
  });
});
