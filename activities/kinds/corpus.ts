import { setImmediate as otherWork } from 'node:timers/promises';
import { digestOfText, languageOf } from '../../items/index.ts';
import type { Digest, JsonObject, WaterfallStage } from '../../plan/index.ts';
import type { Manifest } from '../../ports/artifacts.ts';
import type { Dependencies } from '../dependencies.ts';
import { byOrigin } from '../group/slices.ts';
import type { OriginRow } from '../group/slices.ts';
import { drawRows, type DrawOptions } from '../draw.ts';
import { withoutForgotten } from './forgotten.ts';
import type { ItemCounts } from '../keep.ts';
import { inParts } from '../spill.ts';

/** A text with where it comes from. */
export interface CorpusText {
  path: string;
  text: string;
  /** Repository, or name of the source. */
  repository: string;
  commit?: string;
  licence?: string;
  /** Default: by its path. */
  language?: string;
}

interface CorpusOptions {
  /** In how many parts the texts are sorted, one of them in memory at a time; a large one is divided again. Default: one. */
  parts?: number;
  /** What the manifest says besides, asked when all texts have come; default: nothing. */
  meta?: () => JsonObject;
}

interface DrawnCorpusOptions extends Omit<DrawOptions<CorpusText>, 'store'> {
  /** Texts that were left out, by reason; counted while the others come. */
  leftOut: ItemCounts;
}

/** Writes texts, or those of them that a draw keeps, as a corpus that also says how many were found and left out. */
export async function writeDrawnCorpus(
  dependencies: Pick<Dependencies, 'artifacts' | 'store'>,
  texts: AsyncIterable<CorpusText>,
  { leftOut, ...draw }: DrawnCorpusOptions,
): Promise<{ out: Digest; found: number }> {
  let found = 0;
  async function* counted(): AsyncGenerator<CorpusText> {
    for await (const text of withoutForgotten(dependencies.store, texts, leftOut)) {
      found += 1;
      yield text;
    }
  }
  const drawn = draw.take === null ? counted() : drawRows(counted(), { store: dependencies.store, ...draw });
  const out = await writeCorpus(dependencies, drawn, { parts: draw.parts, meta: () => ({ found, left_out: leftOut }) });
  return { out, found };
}

/** Rows of a shard; a chunk then reads few rows that are not its own. */
const shardRows = 10_000;

/** Writes texts as a corpus, in the order of their digests; a manifest says with which digest each shard starts. */
export async function writeCorpus(
  { artifacts, store }: Pick<Dependencies, 'artifacts' | 'store'>,
  texts: AsyncIterable<CorpusText> | Iterable<CorpusText>,
  { parts = 1, meta = () => ({}) }: CorpusOptions = {},
): Promise<Digest> {
  const shards = [];
  const starts: string[] = [];
  const placeOf = ({ origin }: TextWithOrigin): number => Number.parseInt(origin.slice(0, 8), 16) / 16 ** 8;
  for await (const part of inParts(rowsOf(texts), { store, parts, placeOf })) {
    const rows = await withOrdinals(part);
    for (let at = 0; at < rows.length; at += shardRows) {
      shards.push(await artifacts.writeJsonl(rows.slice(at, at + shardRows)));
      starts.push(rows[at]?.origin ?? '');
    }
  }
  const rows = shards.reduce((sum, shard) => sum + shard.rows, 0);
  return artifacts.writeManifest({ type: 'corpus', rows, shards, meta: { ...meta(), starts } });
}

type TextWithOrigin = Required<CorpusText> & { origin: Digest };

async function* rowsOf(texts: AsyncIterable<CorpusText> | Iterable<CorpusText>): AsyncGenerator<TextWithOrigin> {
  for await (const { path, text, repository, commit = '', licence = '', language = languageOf(path) } of texts)
    yield { origin: digestOfText(text), repository, path, commit, licence, language, text };
}

/** Equal texts are numbered in the order of their paths. Other work has its turn in between: tens of thousands of rows take a while. */
async function withOrdinals(rows: readonly TextWithOrigin[]): Promise<OriginRow[]> {
  const byPath = rows.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  await otherWork();
  const seen = new Map<Digest, number>();
  const numbered = byPath.map(({ origin, ...row }) => {
    const ordinal = seen.get(origin) ?? 0;
    seen.set(origin, ordinal + 1);
    return { origin, ordinal, ...row };
  });
  await otherWork();
  return numbered.sort(byOrigin);
}

/** How a corpus came about: what its step read and left out, and what steps before it did. */
export function stagesOfCorpus(stage: string, { rows, meta }: Pick<Manifest, 'rows' | 'meta'>): WaterfallStage[] {
  if (meta['waterfall']) return meta['waterfall'] as unknown as WaterfallStage[];
  const leftOut = Object.entries((meta['left_out'] ?? {}) as ItemCounts);
  return [{ stage, count: rows, reason: '' }, ...leftOut.map(([reason, count]) => ({ stage, count, reason }))];
}
