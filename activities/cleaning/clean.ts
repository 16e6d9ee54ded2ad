import { bands, buckets } from '../../items/index.ts';
import type { Digest, Json } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { ArtifactShard, Manifest } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { sortedShards } from '../group/slices.ts';
import { doRank, forEach } from './ranks.ts';
import type { RankRecord } from './ranks.ts';
import { pathsOf, signedRows, signShards, totalOf } from './sign-shards.ts';
import type { Signed, SignInput } from './sign-shards.ts';
import type { Threads } from './threads.ts';
import type { WriteJob } from './write.ts';

/** Raise it when the stages make something else of the same files. */
const version = 4;

interface CleanPlace {
  store: Store;
  threads: Threads;
}

export interface CleanInput extends Omit<SignInput, 'version'> {
  sizes: CleanSizes;
}

/** What is in memory or in a file at once. Only `shardRows` shows in what is made. */
export interface CleanSizes {
  /** Rows of an output shard. */
  shardRows: number;
  /** Entries of bands that a rank has in memory: 8 bytes each, and as many for each edge between them. */
  entriesOfRank: number;
}

export interface CleanShards {
  shards: ArtifactShard[];
  /** Origin of the first row of each shard. */
  starts: Digest[];
  /** The growth that each shard is of. */
  growths: number[];
  /** Rows that went, in the order of their origins. */
  dropped: ArtifactShard[];
  reasons: { [reason: string]: number };
}

/**
 * Runs all stages. Their results depend on the rows alone, not on how the corpus is divided into shards. The shards of the earlier corpus
 * stay as they are, and those of the texts that are new are a growth behind them.
 */
export async function cleanShards(place: CleanPlace, input: CleanInput): Promise<CleanShards> {
  const { earlier, near, sizes } = input;
  const signed = await signShards(place, { ...input, version });
  const edges = near === null ? [] : await findEdges(place, signed, sizes);
  const decision = await decide(place, { signed, edges, input });
  const made = await writeShards(place, { ...decision, signed, shardRows: sizes.shardRows });
  return earlier ? behind(earlier, made) : made;
}

function behind(earlier: Manifest, { shards, starts, dropped, reasons }: CleanShards): CleanShards {
  const { starts: before = [], growths = [] } = sortedShards(earlier) ?? {};
  const filled = [...shards.keys()].filter((index) => (shards[index]?.rows ?? 0) > 0);
  const growth = Math.max(-1, ...growths) + 1;
  return {
    shards: [...earlier.shards, ...filled.flatMap((index) => shards[index] ?? [])],
    starts: [...before, ...filled.flatMap((index) => starts[index] ?? [])],
    growths: [...growths, ...filled.map(() => growth)],
    dropped,
    reasons,
  };
}

type BandRecords = RankRecord<'band'>[];

async function findEdges({ store, threads }: CleanPlace, signed: readonly Signed[], { entriesOfRank }: CleanSizes): Promise<BandRecords> {
  const total = totalOf(signed);
  const inputs = hashOf(signed.map(({ record }) => record.files.bands));
  const paths = await pathsOf(store, signed.map(({ record }) => record.files.bands));
  const read = signed.map(({ offset }, index) => ({ bands: paths[index] ?? '', offset }));
  return forEach(bandRanks(total, entriesOfRank), threads, (rank) =>
    doRank({ store, threads }, {
      stage: 'band',
      key: { version, inputs, ...rank } as unknown as Json,
      job: async () => ({ ...rank, signed: read, total }),
    }),
  );
}

interface BandRank {
  bands: [number, number];
  buckets: [number, number];
}

/** Divides bands, and where they are large their buckets, so that a rank fits into memory. */
function bandRanks(total: number, entriesOfRank: number): BandRank[] {
  const together = Math.max(1, Math.min(bands, Math.floor(entriesOfRank / Math.max(1, total))));
  const parts = Math.min(buckets, Math.ceil(total / entriesOfRank));
  const width = Math.ceil(buckets / Math.max(1, parts));
  const ranks: BandRank[] = [];
  for (let band = 0; band < bands; band += together)
    for (let bucket = 0; bucket < buckets; bucket += width)
      ranks.push({ bands: [band, Math.min(bands, band + together)], buckets: [bucket, Math.min(buckets, bucket + width)] });
  return ranks;
}

interface KeepDecision {
  kept: number;
  cuts: number[];
  dropped: Digest;
}

async function decide(
  { store, threads }: CleanPlace,
  { signed, edges, input }: { signed: readonly Signed[]; edges: BandRecords; input: CleanInput },
): Promise<KeepDecision> {
  const { near, sizes: { shardRows } } = input;
  const equal = equalNeighbours(signed.filter(({ range }) => !range.isEarlier));
  const from = textsBefore(signed);
  const inputs = { signed: signed.map(({ record }) => record.files.rows), bytes: signed.map(({ record }) => record.files.bytes) };
  const { files, facts } = await doRank({ store, threads }, {
    stage: 'keep',
    key: { version, ...inputs, edges: edges.map((record) => record.files.edges), near, equal, from, shardRows },
    job: async () => ({
      signed: (await pathsOf(store, inputs.bytes)).map((bytes, index) => ({ bytes, offset: signed[index]?.offset ?? 0 })),
      edges: await pathsOf(store, edges.map((record) => record.files.edges)),
      total: totalOf(signed),
      near,
      equal,
      from,
      textsOfShard: shardRows,
    }),
  });
  return { ...facts, dropped: files.dropped };
}

/** Equal texts at both sides of a border between shards: the number of one that goes, and of the one that is before all of them. */
function equalNeighbours(signed: readonly Signed[]): [number, number][] {
  const winners: [number, number][] = [];
  let before: { origin: string | null; text: number } | null = null;
  for (const { record: { facts }, offset } of signed) {
    const { first, last, count } = facts;
    if (count === 0) continue;
    const winner: number = before?.origin === first ? before.text : offset;
    if (winner !== offset) winners.push([offset, winner]);
    before = { origin: last, text: count === 1 ? winner : offset + count - 1 };
  }
  return winners;
}

/** Texts of the earlier corpus. */
function textsBefore(signed: readonly Signed[]): number {
  return totalOf(signed.filter(({ range }) => range.isEarlier));
}

type Decided = KeepDecision & { signed: readonly Signed[]; shardRows: number };

async function writeShards({ store, threads }: CleanPlace, { signed, kept, cuts, dropped, shardRows }: Decided): Promise<CleanShards> {
  const [total, start] = [totalOf(signed), textsBefore(signed)];
  const inputs = hashOf(signed.map(({ record: { files }, range }) => [range.shard, files.rows, files.changed, files.dropped]));
  const read = await signedRows(store, signed);
  const goneBefore = (cut: number): number => (cut === cuts.length ? total - kept : (cuts[cut] ?? 0) - start - cut * shardRows);
  const records = await forEach(cuts, threads, (from, index) => {
    const texts: [number, number] = [from, cuts[index + 1] ?? total];
    const job = async (): Promise<Omit<WriteJob, 'folder'>> => ({
      texts,
      open: [index === 0, index === cuts.length - 1],
      gone: [goneBefore(index), goneBefore(index + 1)],
      signed: read,
      dropped: await store.pathOf(dropped),
    });
    return doRank({ store, threads }, { stage: 'write', key: { version, inputs, dropped, texts }, job });
  });
  return gathered(records);
}

function gathered(records: readonly RankRecord<'write'>[]): CleanShards {
  const reasons: CleanShards['reasons'] = {};
  for (const { facts } of records)
    for (const [reason, count] of Object.entries(facts.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
  const goneIn = ({ facts }: RankRecord<'write'>): number => Object.values(facts.reasons).reduce((sum, count) => sum + count, 0);
  return {
    shards: records.map(({ files, bytes, facts }) => ({ digest: files.kept, rows: facts.kept, bytes: bytes.kept })),
    starts: records.map(({ facts }) => facts.first),
    growths: records.map(() => 0),
    dropped: records.map((record) => ({ digest: record.files.dropped, rows: goneIn(record), bytes: record.bytes.dropped })),
    reasons,
  };
}
