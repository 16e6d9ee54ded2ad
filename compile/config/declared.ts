import type { Config } from '../../ports/configuration.ts';
import { endpointDefaults, poolDefaults } from '../../schemas/index.ts';
import type { Problem } from '../diagnostics/diagnostic.ts';
import { isSound } from '../check/sound.ts';
import { entriesOf, type Entry, type Tree } from '../read/tree.ts';

const sections = ['endpoints', 'weights', 'sources', 'pools'] as const;

/** The parts of a configuration in which earlier passes found no errors; in a section, each declaration is judged separately. */
export function soundPart(tree: Tree, earlier: Problem[]): Tree {
  if (tree.kind !== 'map') return tree;
  const isSoundEntry = ([, { key, value }]: [string, Entry]): boolean => isSound(value, { earlier }) && isSound({ at: key }, { earlier });
  const entries = [...tree.entries].flatMap(([name, entry]): [string, Entry][] => {
    const isSection = sections.some((each) => each === name) && entry.value.kind === 'map';
    if (!isSection) return isSoundEntry([name, entry]) ? [[name, entry]] : [];
    return [
      [name, { key: entry.key, value: { kind: 'map', at: entry.value.at, entries: new Map(entriesOf(tree, name).filter(isSoundEntry)) } }],
    ];
  });
  return { ...tree, entries: new Map(entries) };
}

/** A configuration with every declared name; a declaration with errors is replaced by a placeholder that nothing reads. */
export function withDeclaredNames(config: Config, tree: Tree): Config {
  const namesIn = (section: (typeof sections)[number]): string[] => entriesOf(tree, section).map(([name]) => name);
  const all = <T>(section: (typeof sections)[number], known: { [name: string]: T }, unknown: T): { [name: string]: T } => ({
    ...Object.fromEntries(namesIn(section).map((name) => [name, unknown])),
    ...known,
  });
  const identity = `sha256:${'0'.repeat(64)}`;
  return {
    ...config,
    endpoints: all('endpoints', config.endpoints, { url: 'http://unknown', model: '', identity, ...endpointDefaults }),
    weights: all('weights', config.weights, { path: '', identity }),
    sources: all('sources', config.sources, { path: '' }),
    pools: all('pools', config.pools, poolDefaults),
  };
}
