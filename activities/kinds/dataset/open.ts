import { findOverlap, partsOf, type DataLayout, type DataRow } from '../../../items/index.ts';
import type { DataChecks } from '../../../plan/checks.ts';
import type { PlanNode } from '../../../plan/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { countsText } from '../../keep.ts';
import { openSource } from '../../run/sources.ts';
import { inTurns } from './in-turns.ts';
import { readPart, type ReadRow } from './read.ts';

/** The files of a data set, sorted into parts, and what reading them has shown. */
export interface Dataset {
  /** Name of its source. */
  name: string;
  /** Parts that are there. */
  parts: string[];
  checks: DataChecks;
  /** What a reader makes of each row of a part. A row that it gives a reason against is counted. */
  read<T>(part: string, reader: (row: DataRow) => T | string): Promise<ReadRow<T>[]>;
  /** Counts test texts that training has as well. */
  compare(texts: { train: Iterable<string>; test: readonly string[] }): Promise<void>;
}

/** Opens the folder or file that the setting `source` of a node names. Throws `invalid` where a part is missing or ambiguous. */
export async function openDataset(
  { config, tables }: Pick<Dependencies, 'config' | 'tables'>,
  node: PlanNode,
  { layout, needs }: { layout: DataLayout; needs: readonly string[] },
): Promise<Dataset> {
  const { name, folder, paths, leftOut } = await openSource({ config }, node, 'source');
  const where = `${node.id}: source ${name} (${folder})`;
  const sorted = partsOf(paths, layout);
  if ('problem' in sorted) throw classified('invalid', `${where}: ${sorted.problem}. Declare a folder with one of them, or the file itself`);
  const { parts } = sorted;
  const missing = needs.filter((part) => !parts[part]);
  if (missing.length > 0 || Object.keys(parts).length === 0) throw nothingThere(where, { missing, paths, leftOut: countsText(leftOut) });
  const checks: DataChecks = { read: {}, refused: {}, duplicates: 0 };
  return {
    name,
    parts: Object.keys(parts),
    checks,
    read: (part, reader) => readPart(tables.rows(folder, parts[part] ?? []), { part, reader, checks, where }),
    async compare({ train, test }) {
      const overlap = findOverlap(test);
      for await (const text of inTurns(train)) overlap.see(text);
      checks.overlap = overlap.counts();
    },
  };
}

function nothingThere(where: string, { missing, paths, leftOut }: { missing: string[]; paths: string[]; leftOut: string }): Error {
  const wanted = missing.filter((part) => part !== '').map((part) => `file of the part ${part}`);
  const found = paths.length > 0 ? paths.slice(0, 6).join(', ') : 'no parquet or JSON file';
  const left = leftOut === '' ? '' : ` (left out: ${leftOut}; of links only those of Hugging Face's cache are followed)`;
  return classified('invalid', `${where} has no ${wanted.join(' and no ') || 'data file'}; found: ${found}${left}. Correct its path in codepmp.config.yaml`);
}
