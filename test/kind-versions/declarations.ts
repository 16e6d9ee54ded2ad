import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

interface Syntax {
  type: string;
  [key: string]: unknown;
}

/** A name of a module: what declares it here, or the module and name it comes from (`*` is all of them). */
type Named = { here: Syntax } | { from: string; name: string };

interface Module {
  names: Map<string, Named>;
  /** Statements that declare nothing: they run whatever is imported. */
  effects: Syntax[];
}

/**
 * The declarations that a declared one needs, by file, each without comments, layout and types. Throws where the file declares
 * no such name.
 */
export function declarations(options: {
  entry: string;
  read: (path: string) => string;
  ends: readonly string[];
}): Map<string, Map<string, string>> {
  const { entry, read, ends } = options;
  const found = new Map<string, Map<string, string>>();
  const visit = (path: string, name: string): boolean => {
    if (ends.includes(path)) return true;
    const module = parse(path, read(path));
    if (name === '*') return [...module.names.keys()].every((each) => visit(path, each));
    const named = module.names.get(name);
    if (!named) return false;
    if ('from' in named) return !named.from.startsWith('.') || visit(posix.join(posix.dirname(path), named.from), named.name);
    const texts = found.get(path) ?? new Map<string, string>();
    found.set(path, texts);
    if (texts.has(name)) return true;
    const [effects, declared] = [module.effects.map(plainly), plainly(named.here)];
    texts.set('', `[${effects.map(({ text }) => text).join()}]`);
    texts.set(name, declared.text);
    for (const { used } of [...effects, declared]) for (const each of used) visit(path, each);
    return true;
  };
  const [path = '', name = ''] = entry.split('#');
  if (!visit(path, name)) throw new Error(`${path} declares no ${name}`);
  return found;
}

/** Modules by their text: kinds share most of them. */
const parsed = new Map<string, Module>();

function parse(path: string, text: string): Module {
  const known = parsed.get(text);
  if (known) return known;
  const module: Module = { names: new Map(), effects: [] };
  parsed.set(text, module);
  for (const statement of parseAst(text, { lang: 'ts' }, path).body as unknown as Syntax[]) register(module, statement);
  return module;
}

function register({ names, effects }: Module, statement: Syntax): void {
  const from = (statement['source'] as { value?: string } | null | undefined)?.value;
  const declared = (statement['declaration'] ?? statement) as Syntax;
  const specifiers = (statement['specifiers'] ?? []) as Syntax[];
  if (declared.type.startsWith('TS') || statement['importKind'] === 'type' || statement['exportKind'] === 'type') return;
  if (statement.type === 'ExportDefaultDeclaration') names.set('default', { here: declared });
  else if (statement.type === 'ExportAllDeclaration' || (from?.startsWith('.') && specifiers.length === 0)) throw unnamed(from);
  else if (from !== undefined || specifiers.length > 0)
    for (const { local, exported, imported, type } of specifiers as (Syntax & { [name: string]: { name: string } })[]) {
      const name = type === 'ImportNamespaceSpecifier' ? '*' : type === 'ImportDefaultSpecifier' ? 'default' : (imported ?? local)?.name;
      const known = (exported ?? local)?.name ?? '';
      if (from !== undefined) names.set(known, { from, name: name ?? '' });
      else if (known !== local?.name) throw new Error(`${known} is exported under another name than its own`);
    }
  else if (declared.type === 'VariableDeclaration') for (const each of identifiers(declared)) names.set(each, { here: declared });
  else if (declared['id']) names.set((declared['id'] as { name: string }).name, { here: declared });
  else effects.push(statement);
}

/** What is imported without a name would go unwatched. */
function unnamed(from: string | undefined): Error {
  return new Error(`${from} is imported or exported as a whole: name what is needed of it, so that it can be followed`);
}

/** Names that a `const` declares. */
function identifiers(declaration: Syntax): Set<string> {
  const names = new Set<string>();
  for (const { id } of declaration['declarations'] as { id: Syntax }[]) bare(id, names);
  return names;
}

interface Plain {
  text: string;
  /** Names that it mentions. */
  used: Set<string>;
}

/** What was found of a statement: kinds share most of them, and each module is parsed once. */
const plain = new WeakMap<Syntax, Plain>();

/** A statement as what it does. */
function plainly(statement: Syntax): Plain {
  const known = plain.get(statement);
  if (known) return known;
  const used = new Set<string>();
  const made = { text: JSON.stringify(bare(statement, used)), used };
  plain.set(statement, made);
  return made;
}

const positions = new Set(['start', 'end', 'raw']);

/** A piece of syntax as what it does; the names it mentions go into `used`. */
function bare(value: unknown, used: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => bare(each, used)).filter((each) => each !== undefined);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || !('type' in value)) return value;
  const node = value as Syntax;
  if (node.type.startsWith('TS') || node.type === 'ParenthesizedExpression') return node['expression'] && bare(node['expression'], used);
  if (node.type === 'ImportExpression') {
    const { value: from } = node['source'] as { value?: string };
    if (from === undefined || from.startsWith('.')) throw unnamed(from ?? 'what a variable names');
  }
  if (node.type === 'Identifier') used.add(node['name'] as string);
  const named = (node.type === 'MemberExpression' || node.type === 'Property') && node['computed'] === false;
  const entries = Object.entries(node).flatMap(([key, child]) => {
    if (positions.has(key) || (node.type === 'Identifier' && key === 'optional')) return [];
    const unused = named && (key === 'property' || key === 'key') ? new Set<string>() : used;
    const kept = bare(child, unused);
    const empty =
      kept === undefined || (key !== 'value' && (kept === null || kept === false || (Array.isArray(kept) && kept.length === 0)));
    return empty ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries);
}
