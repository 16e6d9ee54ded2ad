import type { Problem } from '../diagnostics/diagnostic.ts';
import { nearName } from '../diagnostics/near.ts';
import { withMeantKeys } from './meant-keys.ts';
import { entryOf, type Tree } from '../read/tree.ts';
import { unknownKey } from './violations.ts';

/** The most unknown top-level keys for which a similar name is searched. */
const looked = 100;

/**
 * A file with its sections under their proper names, before it is merged with others: a misspelt section is reported and read all
 * the same. The tree is null if the file is not a pipeline.
 */
export function readSections(tree: Tree, known: string[]): { tree: Tree | null; problems: Problem[] } {
  const other = otherThanPipeline(tree);
  if (other) return { tree: null, problems: [other] };
  if (tree.kind !== 'map') return { tree, problems: [] };
  const meant = new Map<string, string>();
  const problems: Problem[] = [];
  const unknown = [...tree.entries].filter(([name]) => !known.includes(name)).slice(0, looked);
  for (const [name, { key }] of unknown) {
    const free = known.filter((each) => !tree.entries.has(each) && ![...meant.values()].includes(each));
    const near = nearName(name, free);
    if (near === null) continue;
    meant.set(name, near);
    problems.push(unknownKey([name], { at: key, name: 'the file', known }));
  }
  return { tree: meant.size > 0 ? withMeantKeys(tree, new Map([[tree, meant]])) : tree, problems };
}

/** Reports an empty file, and files that people pass instead of a pipeline: a configuration or a plan. */
function otherThanPipeline(tree: Tree): Problem | null {
  const start = { ...tree.at, end: tree.at.start };
  if (tree.kind === 'leaf' && tree.value === null && !tree.broken)
    return {
      code: 'E0112',
      at: start,
      message: 'the file is empty',
      expected: 'a pipeline',
      hint: 'codepmp init writes one to start from',
    };
  const configuration = entryOf(tree, 'codepmp_config');
  const plan = entryOf(tree, 'plan') && entryOf(tree, 'format_version');
  const at = (configuration ?? plan)?.key;
  if (!at) return null;
  const [got, hint] = configuration
    ? ['a configuration', 'pass the configuration with --config, and give a pipeline file']
    : ['a plan', 'give the pipeline file it was made from; codepmp run accepts a saved plan'];
  return { code: 'E0110', at, message: 'the file is not a pipeline', expected: 'a pipeline', got, hint };
}
