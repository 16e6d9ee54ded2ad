import { bands, buckets, signatureVersion } from '../../items/index.ts';
import type { RulesOptions } from '../../items/index.ts';
import type { Digest, Json } from '../../plan/index.ts';
import { hashOf } from '../../plan/keys.ts';
import type { ArtifactShard, Manifest } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { doRank, forEach } from './ranks.ts';
import type { RankRecord } from './ranks.ts';
import type { Threads } from './threads.ts';
import type { SignedRows, WriteJob } from './write.ts';

/** Raise it when the stages make something else of the same files. */
const version = 1;

interface CleanPlace {
  store: Store;
  threads: Threads;
}

export interface CleanInput {
  manifest: Manifest;
  /** The clean corpus whose rows all stay. */
  earlier: Manifest | null;
  rules: RulesOptions;
  /** Least similarity of near duplicates; null keeps them. */
  near: number | null;
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
  /** Rows that went, in the ranges of the shards. */
  dropped: ArtifactShard[];
  reasons: { [reason: string]: number };
}

/** Runs all stages. Their results depend on the rows alone, not on how the corpus is divided into shards. */
export async function cleanShards(place: CleanPlace, input: CleanInput): Promise<CleanShards> {
  const signed = await signShards(place, input);
  const edges = input.near === null ? [] : await findEdges(place, signed, input.sizes);
  const decision = await decide(place, { signed, edges, input });
  return writeShards(place, { ...decision, signed, shardRows: input.sizes.shardRows });
}

/** A shard of the corpus with what signing made of it. */
interface Signed {
  record: RankRecord<'sign'>;
  range: ShardRange;
  /** Number of its first text among all. */
  offset: number;
}

interface ShardRange {
  lo: string;
  hi: string | null;
  /** Shards of the earlier corpus in the range, then of the corpus. */
  shards: Digest[];
  earlier: number;
}

async function signShards({ store, threads }: CleanPlace, input: CleanInput): Promise<Signed[]> {
  const { manifest, earlier, rules, near } = input;
  const signs = near !== null;
  const ranges = rangesOf(manifest, earlier);
  const records = await forEach(ranges, threads, (range) =>
    doRank({ store, threads }, {
      stage: 'sign',
      key: { version, signatureVersion, ...range, rules: rules as unknown as Json, signs },
      job: async () => ({
        ...range,
        shards: await pathsOf(store, range.shards),
        rules,
        benchmarks: rules.benchmarks === null ? null : await store.pathOf(rules.benchmarks),
        near: signs,
      }),
    }),
  );
  let offset = 0;
  return records.map((record, index) => {
    const signed = { record, range: ranges[index] as ShardRange, offset };
    offset += record.facts.count;
    return signed;
  });
}

/** Ranges of origins, one for each shard of the corpus. */
function rangesOf({ shards, meta }: Manifest, earlier: Manifest | null): ShardRange[] {
  const starts = meta['starts'] as Digest[];
  return shards.map(({ digest }, index) => {
    const [lo, hi] = [index === 0 ? '' : (starts[index] ?? ''), starts[index + 1] ?? null];
    const old = earlier ? overlapping(earlier, lo, hi) : [];
    return { lo, hi, shards: [...old, digest], earlier: old.length };
  });
}

function overlapping({ shards, meta }: Manifest, lo: string, hi: string | null): Digest[] {
  const starts = meta['starts'] as Digest[];
  const isInside = (index: number): boolean => (hi === null || (starts[index] ?? '') < hi) && (starts[index + 1] ?? 'g') >= lo;
  return shards.flatMap(({ digest }, index) => (isInside(index) ? [digest] : []));
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
  const equal = equalNeighbours(signed);
  const inputs = { signed: signed.map(({ record }) => record.files.rows), bytes: signed.map(({ record }) => record.files.bytes) };
  const { files, facts } = await doRank({ store, threads }, {
    stage: 'keep',
    key: { version, ...inputs, edges: edges.map((record) => record.files.edges), near, equal, shardRows },
    job: async () => ({
      signed: await Promise.all(signed.map(async ({ record, offset }) => ({ bytes: await store.pathOf(record.files.bytes), offset }))),
      edges: await pathsOf(store, edges.map((record) => record.files.edges)),
      total: totalOf(signed),
      near,
      equal,
      textsOfShard: shardRows,
    }),
  });
  return { ...facts, dropped: files.dropped };
}

/** Equal texts at both sides of a border between shards: the number of one that goes, and of the one that is before all of them. */
function equalNeighbours(signed: readonly Signed[]): [number, number][] {
  const winners = new Map<number, number>();
  let before: { origin: string; text: number } | null = null;
  for (const { record: { facts }, offset } of signed) {
    const { first, last, count } = facts;
    if (!first || !last) continue;
    let winner = { ...first, text: offset };
    if (before?.origin === first.origin && first.earlier) winners.set(before.text, offset);
    else if (before?.origin === first.origin) {
      winners.set(offset, before.text);
      winner = { ...before, earlier: false };
    }
    before = count === 1 ? winner : { ...last, text: offset + count - 1 };
  }
  return [...winners].map(([text, winner]) => [text, winners.get(winner) ?? winner]);
}

type Decided = KeepDecision & { signed: readonly Signed[]; shardRows: number };

async function writeShards({ store, threads }: CleanPlace, { signed, kept, cuts, dropped, shardRows }: Decided): Promise<CleanShards> {
  const total = totalOf(signed);
  const inputs = hashOf(signed.map(({ record: { files } }) => [files.rows, files.changed, files.dropped]));
  const read = await Promise.all(signed.map((shard) => signedRows(store, shard)));
  const goneBefore = (cut: number): number => (cut === cuts.length ? total - kept : (cuts[cut] ?? 0) - cut * shardRows);
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

async function signedRows(store: Store, { record: { files, facts }, range, offset }: Signed): Promise<SignedRows> {
  const digests = [files.rows, files.changed, files.dropped, ...range.shards];
  const [rows = '', changed = '', dropped = '', ...shards] = await pathsOf(store, digests);
  return { ...range, rows, changed, dropped, shards, offset, count: facts.count };
}

function gathered(records: readonly RankRecord<'write'>[]): CleanShards {
  const reasons: CleanShards['reasons'] = {};
  for (const { facts } of records)
    for (const [reason, count] of Object.entries(facts.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
  const goneIn = ({ facts }: RankRecord<'write'>): number => Object.values(facts.reasons).reduce((sum, count) => sum + count, 0);
  return {
    shards: records.map(({ files, bytes, facts }) => ({ digest: files.kept, rows: facts.kept, bytes: bytes.kept })),
    starts: records.map(({ facts }) => facts.first),
    dropped: records.map((record) => ({ digest: record.files.dropped, rows: goneIn(record), bytes: record.bytes.dropped })),
    reasons,
  };
}

function totalOf(signed: readonly Signed[]): number {
  return signed.reduce((sum, { record }) => sum + record.facts.count, 0);
}

function pathsOf(store: Store, digests: readonly Digest[]): Promise<string[]> {
  return Promise.all(digests.map((digest) => store.pathOf(digest)));
}
