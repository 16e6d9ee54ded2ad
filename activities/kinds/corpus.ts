import { languageOf } from '../../items/index.ts';
import { digestOf } from '../../plan/keys.ts';
import type { Digest, JsonObject } from '../../plan/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { byOrigin } from '../group/slices.ts';
import type { OriginRow } from '../group/slices.ts';

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

/** Rows of a shard; a chunk then reads few rows that are not its own. */
const shardRows = 10_000;

/** Writes texts as a corpus, in the order of their digests; a manifest says with which digest each shard starts. */
export async function writeCorpus({ artifacts }: Dependencies, texts: CorpusText[], meta: JsonObject = {}): Promise<Digest> {
  const rows = withOrdinals(texts);
  const shards = [];
  const starts: string[] = [];
  for (let at = 0; at < rows.length; at += shardRows) {
    shards.push(await artifacts.writeJsonl(rows.slice(at, at + shardRows)));
    starts.push(rows[at]?.origin ?? '');
  }
  return artifacts.writeManifest({ type: 'corpus', rows: rows.length, shards, meta: { ...meta, starts } });
}

function withOrdinals(texts: CorpusText[]): OriginRow[] {
  const seen = new Map<Digest, number>();
  const rows = [...texts]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, text, repository, commit = '', licence = '', language = languageOf(path) }) => {
      const origin = digestOf(new TextEncoder().encode(text));
      const ordinal = seen.get(origin) ?? 0;
      seen.set(origin, ordinal + 1);
      return { origin, ordinal, repository, path, commit, licence, language, text };
    });
  return rows.sort(byOrigin);
}
