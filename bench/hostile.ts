/** `npm run bench -- hostile`: how long a warm checker takes to answer files that try to break it. */
import { loadConfig, createGuardedCompile } from '../compile/index.ts';
import type { Code } from '../compile/index.ts';

export interface HostileInput {
  name: string;
  source: string | Uint8Array;
  /** What it extends, by name. */
  files?: { [file: string]: string } | undefined;
  /** A code of the answer; null: nothing is wrong with the file. */
  code: Code | null;
}

const head = 'codepmp: 1\nname: t\nsteps:\n  data: {uses: dataset/arithmetic}\ntargets: [data]\n';

/** Bytes, keys and values, lines and escapes that a file may have at most. */
const full = 256 * 1024;
const mostValues = 4_000;
const linesOfFile = 9_900;
const escapes = 9_900;

/** How many entries of so many keys and values fit into a file, beside the rest of it. */
function fitting(each: number, rest = 40): number {
  return Math.floor((mostValues - rest) / each);
}

/** Files that are deep, wide, long, endless, or no text at all; each has one answer. */
export function hostileCorpus(): HostileInput[] {
  return [...deep, ...wide, ...features, ...broken, ...long, ...bytes, ...numerals, ...names, ...sweeps, ...over, ...harmless].map(
    ([name, source, code, base]) => ({ name, source, code, ...(base !== undefined && { files: { 'base.yaml': base } }) }),
  );
}

type Row = [name: string, source: string | Uint8Array, code: Code | null, base?: string];

const deep: Row[] = [
  ['brackets without end', '['.repeat(200_000), 'E0101'],
  ['braces without end', '{a: '.repeat(60_000), 'E0101'],
  ['nested lists on one line', '- '.repeat(100_000), 'E0101'],
  ['nested explicit keys', '? '.repeat(100_000), 'E0101'],
  ['nested lists and keys', '- ? '.repeat(50_000), 'E0101'],
  ['nesting by indentation', lines(500, (depth) => `${' '.repeat(depth)}a:`), 'E0101'],
  ['nesting by indentation, closed again and again', lines(700, (depth) => `${' '.repeat(depth % 350)}a:`), 'E0101'],
  ['nesting just above the limit', `${head}x: ${'['.repeat(64)}${']'.repeat(64)}\n`, 'E0101'],
  ['closing brackets', ']'.repeat(200_000), 'E0101'],
  ['brackets opened and closed in the wrong order', '[}{]'.repeat(15_000), 'E0101'],
];

const wide: Row[] = [
  ['a hundred thousand keys', lines(100_000, (key) => `k${key}: 1`), 'E0101'],
  ['nine thousand keys in one mapping', `${head}${lines(9_000, (key) => `k${key}: 1`)}`, 'E0101'],
  ['as many keys as fit in one mapping', `${head}${lines(fitting(2), (key) => `k${key}: 1`)}`, 'E0110'],
  [
    'as many keys as fit in one mapping on one line',
    `${head}x: {${Array.from({ length: fitting(2) }, (_, key) => `k${key}: 1`).join(', ')}}\n`,
    'E0110',
  ],
  ['one key many times', `${head}${'a: 1\n'.repeat(fitting(2))}`, 'E0105'],
  ['one key many times on one line', `{${'a: 1, '.repeat(fitting(2))}}`, 'E0105'],
  ['a list of nothing', '-\n'.repeat(50_000), 'E0101'],
  ['commas', `[${','.repeat(100_000)}]`, 'E0101'],
  ['empty mappings', `${head}x: [${'{}, '.repeat(fitting(1))}]\n`, 'E0110'],
  ['colons', ':'.repeat(full), 'E0103'],
  ['colons and spaces', ': '.repeat(full / 2), 'E0101'],
  ['as many steps as fit', `codepmp: 1\nname: t\nsteps:\n${lines(fitting(4), (step) => `  s${step}: {uses: dataset/arithmetic}`)}`, null],
  [
    'mistakes that leave each line inside the one before',
    `codepmp: 1\nname: t\nsteps:\n${lines(fitting(8), (step) => `  s${step}: @{uses: dataset/arithmetic, with: @{seed: 1}}`)}`,
    'E0103',
  ],
  [
    'as many steps as fit, each misspelt',
    `codepmp: 1\nname: t\nsteps:\n${lines(fitting(4), (step) => `  s${step}: {uses: dataset/arithmetik}`)}`,
    'E0114',
  ],
  [
    'a misspelt key in as many steps as fit',
    `codepmp: 1\nname: t\nsteps:\n${lines(fitting(8), (step) => `  s${step}: {uses: train/pmp, with: {presentatons: 1}}`)}`,
    'E0110',
  ],
  [
    'steps that read each other',
    `codepmp: 1\nname: t\nsteps:\n${lines(fitting(10), (step) => `  s${step}: {uses: clip, with: {prompts: s${(step + 1) % fitting(10)}, keep: 0.5}}`)}`,
    'E0133',
  ],
  [
    'a chain of steps that reads nothing',
    `codepmp: 1\nname: t\nsteps:\n${lines(fitting(10), (step) => `  s${step}: {uses: clip, with: {prompts: s${step + 1}, keep: 0.5}}`)}`,
    'E0130',
  ],
];

const features: Row[] = [
  ['an alias bomb', `a: &a [x, x]\n${lines(50, (n) => `b${n}: &b${n} [*a, *a]`)}`, 'E0104'],
  ['many anchors', lines(fitting(2), (n) => `a${n}: &a${n} x`), 'E0104'],
  ['an alias of nothing', `${head}x: *nothing\n`, 'E0104'],
  ['an anchor that holds itself', `${head}x: &x [*x]\n`, 'E0104'],
  ['a chain of merge keys', `${head}${lines(fitting(6), (n) => `m${n}: {<<: {a: 1}}`)}`, 'E0104'],
  ['a tag that makes a program', `${head}x: !!js/function "function () {}"\n`, 'E0104'],
  ['a binary tag', `${head}x: !!binary aGVsbG8=\n`, 'E0104'],
  ['many tags', '- !!str x\n'.repeat(fitting(1)), 'E0104'],
  ['many documents', '---\n'.repeat(linesOfFile), 'E0104'],
  ['a second document after the end of the first', `${head}...\n${head}`, 'E0104'],
  ['many directives', '%A b\n'.repeat(linesOfFile), 'E0104'],
];

const broken: Row[] = [
  ['quotes without end', `${head}x: "${'yyyyyyyyyyyy\n'.repeat(linesOfFile)}`, 'E0103'],
  ['a quote on each line', '"\n'.repeat(fitting(1)), 'E0103'],
  ['many mistakes on one line', `${head}x: [${'@a, '.repeat(fitting(1))}]\n`, 'E0103'],
  ['many mistakes on many lines', lines(fitting(2), (n) => `a${n}: @b`), 'E0103'],
  ['tabs', '\t'.repeat(full), 'E0112'],
  ['tabs before each key', lines(fitting(2), (n) => `\ta${n}: 1`), 'E0103'],
  ['unfinished escapes', `${head}x: "${'\\x'.repeat(escapes)}"\n`, 'E0103'],
];

const long: Row[] = [
  ['a very long key', `${head}${'k'.repeat(200_000)}: 1\n`, 'E0103'],
  ['a very long line', `${head}x: "${'y'.repeat(200_000)}"\n`, 'E0110'],
  ['a very long name of a kind', `codepmp: 1\nname: t\nsteps:\n  data: {uses: ${'x'.repeat(200_000)}}\n`, 'E0114'],
  ['a very long name of a step', `${head.replace('[data]', `[${'d'.repeat(200_000)}]`)}`, 'E0115'],
  ['escapes to the limit', `${head}x: "${'\\x41'.repeat(escapes)}"\n`, 'E0110'],
  ['more escapes than fit, all unfinished', `${head}x: "${'\\x'.repeat(120_000)}"\n`, 'E0101'],
  [
    'a folded text to the limit',
    `${head}sweeps:\n  x:\n    description: >\n${'      yyyyyyyyyyyyyyyy\n\n'.repeat(linesOfFile / 2 - 10)}`,
    null,
  ],
  ['a plain text of many lines', `${head}x: y\n${'  yyyyyyyyyy\n'.repeat(linesOfFile)}`, 'E0110'],
  ['a number of a hundred thousand digits', `${head}x: ${'9'.repeat(100_000)}\n`, 'E0106'],
  ['a fraction of a hundred thousand digits', `${head}x: 0.${'9'.repeat(100_000)}\n`, 'E0110'],
  ['too many empty lines', `${head}${'\n'.repeat(full - head.length)}`, 'E0101'],
  ['too many lines of comment', `${'#\n'.repeat(100_000)}${head}`, 'E0101'],
  ['too many bytes', `${head}#${'x'.repeat(full)}`, 'E0101'],
];

const bytes: Row[] = [
  ['a NUL', `${head}# \0\n`, 'E0102'],
  ['NULs to the limit', '\0'.repeat(full), 'E0102'],
  ['a terminal escape', `${head}# \u001b[2J\n`, 'E0102'],
  ['a lone carriage return', `${head}\rname: u\n`, 'E0102'],
  ['a byte order mark inside', `${head}\uFEFFx: 1\n`, 'E0102'],
  ['invalid UTF-8', join(head, [0xff, 0xfe]), 'E0102'],
  ['half of a surrogate pair', join(head, '# ', [0xe2, 0x82]), 'E0102'],
  ['a slash that takes two bytes', join(head, '# ', [0xc0, 0xaf]), 'E0102'],
  ['half of a pair of UTF-16 as UTF-8', join(head, '# ', [0xed, 0xa0, 0x80]), 'E0102'],
  ['UTF-16', join([0xff, 0xfe, 0x63, 0, 0x6f, 0]), 'E0102'],
  ['UTF-32', join([0xff, 0xfe, 0, 0, 0x63, 0, 0, 0]), 'E0102'],
  ['a picture', join([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], Array.from({ length: 5_000 }, (_, n) => (n * 7919) % 256)), 'E0102'],
  ['only a byte order mark', join([0xef, 0xbb, 0xbf]), 'E0112'],
  ['nothing at all', '', 'E0112'],
  ['a bare word', 'pipeline', 'E0112'],
];

const numerals: Row[] = [
  ['not a number', `${head}x: .nan\n`, 'E0106'],
  ['infinity', `${head}x: -.inf\n`, 'E0106'],
  ['a number beyond the largest', `${head}x: 1e999\n`, 'E0106'],
  ['a number below the smallest', `${head}x: 1e-999\n`, 'E0106'],
  ['a whole number that is rounded', `${head}x: 9007199254740993\n`, 'E0106'],
  ['a whole number in hexadecimals that is rounded', `${head}x: 0xFFFFFFFFFFFFFFFF\n`, 'E0106'],
  ['a whole number that is rounded, as a fraction', `${head}x: 9007199254740993.0\n`, 'E0106'],
  ['a NUL by an escape', `${head}x: "\\0"\n`, 'E0102'],
  ['half a character by an escape', `${head}x: "\\ud800"\n`, 'E0102'],
  ['a NUL in a key by an escape', `${head}"\\0": 1\n`, 'E0102'],
];

const names: Row[] = [
  ['a prototype', `${head}__proto__: {polluted: true}\n`, 'E0107'],
  ['a prototype by an escape', `${head}"__proto\\u005f_": {polluted: true}\n`, 'E0107'],
  ['a constructor', `${head}constructor: {prototype: {polluted: true}}\n`, 'E0107'],
  ['a method as a step', head.replace('data:', 'toString:'), 'E0107'],
  ['a method as a kind', head.replace('dataset/arithmetic', 'toString'), 'E0114'],
  ['a method as an output', head.replace('[data]', '[data.valueOf]'), 'E0115'],
  ['a method as a model', `codepmp: 1\nname: t\nsteps:\n  p: {uses: respond, with: {prompts: p, model: hasownproperty}}\n`, 'E0140'],
  ['a method as an endpoint', `${head}models: {m: {endpoint: valueof, max_tokens: 1}}\n`, 'E0141'],
];

const sweeps: Row[] = [
  [
    'a sweep of a million cells',
    swept(
      'grid: {a: {geometric: {from: 1000, to: 1000000000, ratio: 1.03}}, seed: {geometric: {from: 1000, to: 1000000000, ratio: 1.03}}}',
    ),
    'E0183',
  ],
  [
    'many cells of many steps',
    `${swept('grid: {a: {geometric: {from: 1000, to: 100000, ratio: 1.05}}, seed: {geometric: {from: 1000, to: 100000, ratio: 1.05}}}').replace('steps:\n', `steps:\n${lines(200, (step) => `  s${step}: {uses: dataset/arithmetic, with: {train: $a, seed: $seed}}`)}`)}claims:\n  - {id: c, metric: {step: rm, name: accuracy}, of: {a: 1000}, above: {a: 100000}}\n`,
    'E0183',
  ],
  [
    'many entries of exclude',
    swept(
      `grid: {a: {geometric: {from: 1000, to: 100000, ratio: 1.03}}, seed: {geometric: {from: 1000, to: 100000, ratio: 1.02}}}, exclude: [${'{a: 1}, '.repeat(fitting(3, 80))}]`,
    ),
    'E0183',
  ],
  [
    'many entries of include',
    swept(
      `grid: {a: {geometric: {from: 1000, to: 100000, ratio: 1.03}}, seed: {geometric: {from: 1000, to: 100000, ratio: 1.02}}}, include: [${'{a: 1}, '.repeat(fitting(3, 80))}]`,
    ),
    'E0183',
  ],
  ['a geometric axis that hardly grows', swept('grid: {a: {geometric: {from: 1, to: 1000000000, ratio: 1.000000001}}}'), 'E0187'],
  ['params that refer to each other', swept('grid: {a: [$seed], seed: [$a]}'), 'E0188'],
  ['params that each stand for the next', standing(fitting(9), (param) => param + 1), null],
  ['params that refer to each other in a large circle', standing(fitting(9), (param) => (param + 1) % fitting(9)), 'E0188'],
  ['many cells of many params', crossed('seed', params(400)), 'E0183'],
  ['more cells of more params than fit into memory', crossed('seed', params(fitting(6, 100)), geometric(1_000_000, 1.032)), 'E0183'],
  [
    'many sweeps over the same cells',
    crossed('seed').replace(/  all: .*\n/, (sweep) => lines(40, (n) => sweep.replace('all', `s${n}`).trimEnd())),
    'E0183',
  ],
  [
    'hundreds of sweeps over the same cells',
    crossed('seed').replace(/  all: .*\n/, (sweep) => lines(fitting(24, 80), (n) => sweep.replace('all', `s${n}`).trimEnd())),
    'E0183',
  ],
  [
    'hundreds of entries of exclude',
    crossed('seed').replace('}}}}', `}}}, exclude: [${numbers(500, (n) => `{a: ${n + 1}, seed: 3}`)}]}`),
    'E0183',
  ],
  [
    'many claims over many cells',
    `${crossed('seed')}claims:\n${lines(fitting(13, 80), (n) => `  - {id: c${n}, metric: {step: accuracy, name: accuracy}, of: {}, above: 0.${n + 1}}`)}`,
    'E0183',
  ],
  ['a report on every metric of many cells', gathering(fitting(11, 1_550), 1_500), 'E0183'],
  [
    'an axis of as many values as fit',
    swept(`grid: {a: [${Array.from({ length: fitting(1, 80) }, (_, n) => n + 1).join(', ')}], nothing: [1]}`),
    'E0180',
  ],
];

const extending = 'codepmp: 1\nextends: ./base.yaml\n';
const claimsOfBase = (count: number): string => `${head}claims:\n${lines(count, (n) => `  - {id: c${n}, metric: data, above: 1}`)}`;
const stepsOfBase = (count: number): string =>
  `codepmp: 1\nname: t\nsteps:\n${lines(count, (step) => `  s${step}: {uses: dataset/arithmetic}`)}`;

const over: Row[] = [
  [
    'as many changes of claims as fit, of which the base has none',
    `${extending}claims:\n${lines(fitting(11), (n) => `  x${n}: {margin: 1}`)}`,
    'E0205',
    claimsOfBase(fitting(11)),
  ],
  [
    'as many removals of claims as fit, of which the base has none',
    `${extending}claims:\n${lines(fitting(5), (n) => `  x${n}: null`)}`,
    'E0204',
    claimsOfBase(fitting(12)),
  ],
  [
    'as many changes of claims as fit, each of one of the base',
    `${extending}claims:\n${lines(fitting(11), (n) => `  c${n}: {margin: x}`)}`,
    'E0112',
    claimsOfBase(fitting(11)),
  ],
  [
    'as many changes of steps as fit, of which the base has none',
    `${extending}steps:\n${lines(fitting(8), (n) => `  x${n}: {with: {}}`)}`,
    'E0205',
    stepsOfBase(fitting(8)),
  ],
  [
    'a file and a base that are too large together',
    `${extending}steps:\n${lines(fitting(6), (n) => `  x${n}: {uses: report}`)}`,
    'E0101',
    stepsOfBase(fitting(6)),
  ],
];

const harmless: Row[] = [
  ['lines of comment to the limit', `${'#\n'.repeat(linesOfFile)}${head}`, null],
  ['empty lines to the limit', `${head}${'\n'.repeat(linesOfFile)}`, null],
  ['spaces to the limit', `${head}${' '.repeat(full - head.length)}`, null],
  ['Windows line ends and a byte order mark', `\uFEFF${head.replaceAll('\n', '\r\n')}`, null],
];

/** Params of which each has the value of another one in the one cell of a sweep. */
function standing(count: number, next: (param: number) => number): string {
  const axes = Array.from({ length: count }, (_, param) => (next(param) < count ? `p${param}: [$p${next(param)}]` : ''));
  return `codepmp: 1\nname: t\nparams:\n${params(count)}steps: {data: {uses: dataset/arithmetic, with: {seed: $p0}}}\ntargets: [data]\nsweeps: {all: {grid: {${axes.filter(Boolean).join(', ')}}}}\n`;
}

function geometric(to: number, ratio: number): string {
  return `{geometric: {from: 1000, to: ${to}, ratio: ${ratio}}}`;
}

/** Ninety-four values of one param with as many of another. */
function crossed(other: string, more = '', axis = geometric(100_000, 1.05)): string {
  return `codepmp: 1
name: t
params:
  a: {type: integer, default: 1, minimum: 1}
  ${other}: {type: integer, default: 1}
${more}steps:
  data: {uses: dataset/arithmetic, with: {train: $a}}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $${other}}}
  accuracy: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}
sweeps:
  all: {grid: {a: ${axis}, ${other}: ${axis}}}
`;
}

/** A report that reads so many metrics of each of so many cells. */
function gathering(metrics: number, cells: number): string {
  return `codepmp: 1
name: t
params:
  seed: {type: integer, default: 1}
steps:
  data: {uses: dataset/arithmetic}
  rm: {uses: train/rm, with: {init: smollm2-135m-instruct, pairs: data.train, seed: $seed}}
${lines(metrics, (n) => `  m${n}: {uses: eval/accuracy, with: {model: rm, pairs: data.test}}`)}  all: {uses: report, with: {metrics: [${numbers(metrics, (n) => `m${n}`)}]}}
sweeps:
  seeds: {grid: {seed: [${numbers(cells, String)}]}}
`;
}

function params(count: number): string {
  return lines(count, (param) => `  p${param}: {type: integer, default: 1}`);
}

function numbers(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(', ');
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

function join(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)));
}

function swept(sweep: string): string {
  return `codepmp: 1
name: t
params:
  a: {type: integer, default: 1, minimum: 1}
  seed: {type: integer, default: 1}
steps:
  data: {uses: dataset/arithmetic, with: {train: $a, seed: $seed}}
targets: [data]
sweeps:
  all: {${sweep}}
`;
}

/** Answers to each file, of which the one in the middle counts; round by round, because a machine has slow moments. */
const rounds = 5;

/** Milliseconds that a warm checker needs for each input, its process and the way to it included. */
export async function hostileTimes(): Promise<{ name: string; milliseconds: number }[]> {
  const guarded = createGuardedCompile();
  const { config } = loadConfig({ folder: '/nowhere', home: '/nowhere' });
  const corpus = hostileCorpus();
  const times = new Map(corpus.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const { name, source, files } of corpus) {
      const start = performance.now();
      await guarded.compile({ source, file: 'hostile.yaml', files, config });
      times.get(name)?.push(performance.now() - start);
    }
  guarded.close();
  const medians = [...times].map(([name, own]) => ({ name, milliseconds: own.sort((a, b) => a - b)[(rounds - 1) / 2] ?? 0 }));
  return medians.sort((a, b) => b.milliseconds - a.milliseconds);
}

if (process.argv[2] === 'hostile') {
  const times = await hostileTimes();
  console.log(`${times.length} hostile files, each answered by a warm checker, median of 5; the slowest (aim: below 100 ms):`);
  for (const { name, milliseconds } of times.slice(0, 12)) console.log(`  ${milliseconds.toFixed(1).padStart(7)} ms  ${name}`);
}
