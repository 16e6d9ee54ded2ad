import { signatureVersion } from '../../items/index.ts';
import type { RulesOptions } from '../../items/index.ts';
import type { Digest, Json } from '../../plan/index.ts';
import type { Manifest } from '../../ports/artifacts.ts';
import type { Store } from '../../ports/store.ts';
import { sortedShards } from '../group/slices.ts';
import { doRank, forEach } from './ranks.ts';
import type { RankRecord } from './ranks.ts';
import type { Threads } from './threads.ts';
import type { SignedRows } from './write.ts';

interface SignPlace {
  store: Store;
  threads: Threads;
}

export interface SignInput {
  manifest: Manifest;
  /** The clean corpus whose shards all stay. */
  earlier: Manifest | null;
  rules: RulesOptions;
  /** Least similarity of near duplicates; null keeps them. */
  near: number | null;
  /** Raise it when the stages make something else of the same files. */
  version: number;
}

/** A shard with what signing made of it. */
export interface Signed {
  record: RankRecord<'sign'>;
  range: ShardRange;
  /** Number of its first text among all. */
  offset: number;
}

interface ShardRange {
  shard: Digest;
  lo: string;
  hi: string | null;
  isEarlier: boolean;
}

/** Signs the shards of the earlier corpus, each by itself, so that the next growth finds what they gave, and then those of the corpus. */
export async function signShards({ store, threads }: SignPlace, input: SignInput): Promise<Signed[]> {
  const { manifest, earlier, rules, near, version } = input;
  const old = earlier ? rangesOf(earlier, true) : [];
  const ranges = [...old, ...rangesOf(manifest, false)];
  const records = await forEach(ranges, threads, (range) => {
    const before = range.isEarlier ? [] : old.filter((each) => overlap(each, range)).map(({ shard }) => shard);
    const ruled = range.isEarlier ? null : rules;
    const about = { shard: range.shard, before, rules: ruled as unknown as Json, signs: near !== null };
    return doRank({ store, threads }, {
      stage: 'sign',
      key: { version, signatureVersion, ...about },
      job: async () => ({
        shard: await store.pathOf(range.shard),
        before: await pathsOf(store, before),
        rules: ruled,
        benchmarks: ruled === null || ruled.benchmarks === null ? null : await store.pathOf(ruled.benchmarks),
        near: near !== null,
      }),
    });
  });
  let offset = 0;
  return records.map((record, index) => {
    const signed = { record, range: ranges[index] as ShardRange, offset };
    offset += record.facts.count;
    return signed;
  });
}

/** The ranges of origins of the shards of a corpus. */
function rangesOf(manifest: Manifest, isEarlier: boolean): ShardRange[] {
  const { starts = [], growths = [] } = sortedShards(manifest) ?? {};
  return manifest.shards.map(({ digest }, index) => {
    const lo = growths[index - 1] === growths[index] ? (starts[index] ?? '') : '';
    const hi = growths[index + 1] === growths[index] ? (starts[index + 1] ?? null) : null;
    return { shard: digest, lo, hi, isEarlier };
  });
}

/** Whether two shards may have equal texts: those with the origin at which the next shard starts may be in both. */
function overlap(one: ShardRange, other: ShardRange): boolean {
  return (other.hi === null || one.lo <= other.hi) && (one.hi === null || one.hi >= other.lo);
}

/** Texts in all. */
export function totalOf(signed: readonly Signed[]): number {
  return signed.reduce((sum, { record }) => sum + record.facts.count, 0);
}

/** What the last stage reads of signed shards. */
export async function signedRows(store: Store, signed: readonly Signed[]): Promise<SignedRows[]> {
  const of = (digestOf: (shard: Signed) => Digest): Promise<string[]> => pathsOf(store, signed.map(digestOf));
  const rows = await of(({ record }) => record.files.rows);
  const changed = await of(({ record }) => record.files.changed);
  const dropped = await of(({ record }) => record.files.dropped);
  const shards = await of(({ range }) => range.shard);
  return signed.map(({ record, range: { lo, hi }, offset }, index) => ({
    lo,
    hi,
    offset,
    count: record.facts.count,
    rows: rows[index] ?? '',
    changed: changed[index] ?? '',
    dropped: dropped[index] ?? '',
    shard: shards[index] ?? '',
  }));
}

/** Blobs that a store is asked for at the same time: one in a bucket fetches them. */
const pathsAtOnce = 16;

/** Paths of blobs on this machine. */
export function pathsOf(store: Pick<Store, 'pathOf'>, digests: readonly Digest[]): Promise<string[]> {
  return forEach(digests, { size: pathsAtOnce }, (digest) => store.pathOf(digest));
}
