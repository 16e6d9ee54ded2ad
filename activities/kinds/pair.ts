import { setImmediate as nextTurn } from 'node:timers/promises';
import { joinPairs, languagesToRead, syntaxReader } from '../../items/index.ts';
import type { DataPair, PromptItem, SideItem } from '../../items/index.ts';
import { pairColumns } from '../../plan/columns.ts';
import { nodesBefore, type Digest, type JsonObject, type WaterfallStage } from '../../plan/index.ts';
import type { ArtifactShard, Row } from '../../ports/artifacts.ts';
import { classified, withDetails } from '../../ports/failure.ts';
import type { ChunkShard } from '../../records/chunk.ts';
import { kindOf, promptFormatOf } from '../../schemas/index.ts';
import { createPairLengths, describePairs } from '../../stats/index.ts';
import type { DescribePairsOptions, TalliedPair } from '../../stats/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ChunkWork } from '../group/work.ts';
import { checkKept, countsText } from '../keep.ts';
import { flagsOf, onlyColumns, rowsOfShards, shardsByGrowth, statusesOf } from '../group/members.ts';
import type { OriginRow } from '../group/slices.ts';
import { notingLengths } from './pair/pair-lengths.ts';
import { stayingPairs } from './pair/symmetric.ts';
import { stagesOfCorpus } from './corpus.ts';
import type { ChunkOf, MapKind, MemberOf } from './kind.ts';

/** Joins the sides of a chunk into pairs; what makes no pair stays as a row with its reason. */
export const pair: MapKind<'pair'> = {
  shape: 'map',
  work: pairChunk,
  close: closePairs,
};

/** Pairs that are compared before other work has a turn: some tens of milliseconds, also where many answers break their grammar. */
const pairsOfTurn = 10;

type JoinedItem = ReturnType<typeof joinPairs<OriginRow & PromptItem>>[number];

async function pairChunk(_: Dependencies, { node, rows, meter }: ChunkOf<'pair'>): Promise<ChunkWork> {
  const prompts = rows.prompts as unknown as (OriginRow & PromptItem)[];
  const [chosen, rejected] = [rows.chosen, rows.rejected] as unknown as [SideItem[], SideItem[]];
  const read = await syntaxReader(languagesToRead(prompts, [...chosen, ...rejected]));
  const joined: JoinedItem[] = [];
  for (let from = 0; from < prompts.length; from += pairsOfTurn) {
    const some = prompts.slice(from, from + pairsOfTurn);
    const few = joinPairs({ prompts: some, chosen, rejected, read }, node.settings);
    joined.push(...few);
    meter.add(node.id, some.length);
    meter.addPairs(node.id, few.length, few.flatMap(talliedOf));
    await nextTurn();
  }
  const sides = [chosen, rejected].map((each) => new Map(each.map((item) => [placeOfItem(item), item as GeneratedItem])));
  const keys = (place: SideItem) => sides.map((each) => each.get(placeOfItem(place))?.generation_key);
  const items = joined.map(({ prompt, status, swapped, pair: made }): OriginRow => {
    const { origin, ordinal, repository, path, commit, licence, language, generation_key } = prompt as OriginRow;
    const provenance = { origin, ordinal, repository, path, commit, licence, language } as OriginRow;
    if (!made) return { ...provenance, status };
    const ofSides = swapped ? keys(prompt).toReversed() : keys(prompt);
    const generation_keys = JSON.stringify([generation_key, ...ofSides].filter((key) => typeof key === 'string'));
    return { ...provenance, status, ...made, generation_keys, kind: '', level: '' };
  });
  return { rows: items };
}

function talliedOf({ prompt: { language = '', path }, pair: made }: JoinedItem): TalliedPair[] {
  return made ? [{ ...made, language, path: typeof path === 'string' ? path : null }] : [];
}

interface GeneratedItem {
  generation_key?: string;
}

function placeOfItem({ origin, ordinal }: SideItem): string {
  return `${origin} ${ordinal}`;
}

/**
 * All pairs in parquet, with their statistics: the bytes do not depend on the size of the chunks. What a growth of the corpus added is
 * in files of its own.
 */
async function closePairs(dependencies: Dependencies, member: MemberOf<'pair'>): Promise<Digest> {
  const { artifacts } = dependencies;
  const { node, shards, ranges } = member;
  const own = shards.get(node.id) ?? [];
  const source = await artifacts.readManifest(member.source);
  const keep = keptOf(member);
  assertKeepRate(member, keep);
  const judged = await judgedRows(dependencies, member);
  const lengths = createPairLengths();
  const parquet: ArtifactShard[] = [];
  for (const some of shardsByGrowth(own, ranges)) {
    const written = await artifacts.writeParquet({ columns: pairColumns, rows: notingLengths(pairsOf(judged(some)), lengths) });
    parquet.push(...written.filter(({ rows }) => rows > 0 || parquet.length === 0));
  }
  const resampled = (statusesOf(own)['ok'] ?? 0) - lengths.count();
  if (resampled > 0) checkKept(node, { ok: lengths.count(), resampled });
  const rejected = await artifacts.writeJsonl(droppedOf(judged(resampled > 0 ? own : own.filter(hasDropped))));
  const waterfall = [...stagesOfCorpus('source', source), ...stagesOfGroup(member, { resampled })];
  const statistics = describePairs({ lengths, keep, waterfall });
  const meta = { prompt_format: promptFormatOf(node.kind), rejected: rejected.digest, statistics } as unknown as JsonObject;
  return artifacts.writeManifest({ type: 'pairs', rows: lengths.count(), shards: parquet, meta });
}

/** Reads the rows of shards; pairs that a symmetric draw does not keep have the status `resampled`. */
async function judgedRows(
  dependencies: Dependencies,
  { node, shards }: MemberOf<'pair'>,
): Promise<(some: ChunkShard[]) => AsyncGenerator<Row>> {
  const stays = await stayingPairs(node.settings, () => pairsOf(rowsOfShards(dependencies, shards.get(node.id) ?? [])));
  return async function* (some) {
    for await (const row of rowsOfShards(dependencies, some))
      yield row['status'] !== 'ok' || stays(row as unknown as DataPair) ? row : { ...row, status: 'resampled' };
  };
}

async function* pairsOf(rows: AsyncIterable<Row>): AsyncGenerator<Row & DataPair> {
  for await (const row of rows) if (row['status'] === 'ok') yield onlyColumns(row, pairColumns) as Row & DataPair;
}

async function* droppedOf(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  for await (const row of rows) if (row['status'] !== 'ok') yield row;
}

function hasDropped({ rows, statuses }: ChunkShard): boolean {
  return rows > (statuses['ok'] ?? 0);
}

/** The answers of both sides and those of them that passed; a side that is the source code itself has none. */
function keptOf({ node, shards }: MemberOf<'pair'>): KeptSides {
  const side = (name: string) => {
    const statuses = statusesOf(shards.get(node.inputs[name]?.[0]?.node ?? '') ?? []);
    const kept = statuses['ok'] ?? 0;
    const waited = statuses['no-prompt'] ?? 0;
    return { kept, of: Object.values(statuses).reduce((sum, count) => sum + count, 0) - waited };
  };
  return { chosen: side('chosen'), rejected: side('rejected') };
}

type KeptSides = NonNullable<DescribePairsOptions['keep']>;

/**
 * What remained after each step of the group that the pairs come from, and what was dropped; `resampled` pairs were so only when the
 * group was closed.
 */
function stagesOfGroup({ node, nodes, shards }: MemberOf<'pair'>, { resampled }: { resampled: number }): WaterfallStage[] {
  const waterfall: WaterfallStage[] = [];
  for (const { id: stage } of nodesBefore(nodes, node).filter(({ kind }) => !kindOf(kind).keepsStatus)) {
    const { ok = 0, ...others } = statusesOf(shards.get(stage) ?? []);
    const flags = flagsOf(shards.get(stage) ?? []);
    const late = stage === node.id ? resampled : 0;
    waterfall.push({ stage, count: ok - late, reason: '', ...(Object.keys(flags).length > 0 && { flags }) });
    if (late > 0) waterfall.push({ stage, count: late, reason: 'resampled' });
    for (const [reason, count] of Object.entries(others)) waterfall.push({ stage, count, reason });
  }
  return waterfall;
}

/** A side that keeps too few of its answers says that something is wrong with its model, not with the items. */
function assertKeepRate({ node, shards }: MemberOf<'pair'>, keep: KeptSides): void {
  const { min_keep_rate: floor } = node.settings;
  for (const name of ['chosen', 'rejected'] as const) {
    const { kept, of } = keep[name];
    const rate = of > 0 ? kept / of : 1;
    if (rate >= floor) continue;
    const side = node.inputs[name]?.[0]?.node ?? '';
    const { ok: _, 'no-prompt': __, ...others } = statusesOf(shards.get(side) ?? []);
    const message = `${node.id}: only ${(rate * 100).toFixed(1)} % of the ${name} answers are usable, expected at least ${floor * 100} %: ${countsText(others)}`;
    throw withDetails(classified('quality', `${message}. See what they look like: codepmp show ${side}`), { node: node.id });
  }
}
