import { dirname } from 'node:path';
import { digestOfText, isPost, joinThreads, rankOf, redditPosts, stackExchangePost } from '../../../items/index.ts';
import type { PostOrReason, RankedRow, WebPost } from '../../../items/index.ts';
import { classified } from '../../../ports/failure.ts';
import type { Dependencies } from '../../dependencies.ts';
import { drawRows } from '../../draw.ts';
import { countsText, type ItemCounts } from '../../keep.ts';
import { bytesOfSource, openSource } from '../../run/sources.ts';
import type { SourceFolder } from '../../run/sources.ts';
import { leaveOut } from '../../run/walk-folder.ts';
import { inParts } from '../../spill.ts';
import { withoutForgotten } from '../forgotten.ts';
import type { NodeOf, StepKind } from '../kind.ts';

/** Bytes of dumps whose posts are joined in memory together. */
const bytesOfPart = 64 * 2 ** 20;

/** Rows of a shard. */
const shardRows = 10_000;

type SitePost = WebPost & { site: string };

/** Reads dumps into questions with at least two answers, the best first. Posts that are of no use are counted by the reason. */
export const sourceWeb: StepKind<'source/web'> = {
  shape: 'step',
  async work(dependencies, { node }) {
    const source = await openSource(dependencies, node, 'source');
    if (source.paths.length === 0) throw noDump(node, source);
    const parts = Math.max(1, Math.ceil((await bytesOfSource(source)) / bytesOfPart));
    const { store } = dependencies;
    const leftOut: ItemCounts = {};
    const counts = { threads: 0 };
    async function* threads(): AsyncGenerator<RankedRow> {
      const posts = postsOf(dependencies, source, { read: readers[node.settings.format], leftOut });
      const placeOf = ({ site, thread }: SitePost): number => rankOf('thread', site, thread);
      for await (const part of inParts(posts, { store, parts, placeOf })) {
        const rows = rowsOf(part, leftOut);
        counts.threads += rows.length;
        yield* rows;
      }
    }
    const { take, seed } = node.settings;
    const wanted = withoutForgotten(store, threads(), leftOut);
    const drawn = drawRows(wanted, { store, parts, take, placeOf: ({ origin }) => rankOf(seed, origin) });
    const { shards, rows } = await writeShards(dependencies, drawn);
    if (rows === 0) throw nothingRanked(node, source, leftOut);
    const meta = { found: counts.threads, left_out: { ...source.leftOut, ...leftOut } };
    return { out: await dependencies.artifacts.writeManifest({ type: 'ranked', rows, shards, meta }) };
  },
};

type PostReader = (value: unknown) => PostOrReason[];

const readers: { [format in NodeOf<'source/web'>['settings']['format']]: PostReader } = {
  stackexchange: (value) => [stackExchangePost(value as { [attribute: string]: string })],
  reddit: redditPosts,
};

async function* postsOf(
  { tables }: Dependencies,
  { name, folder, paths }: SourceFolder,
  { read, leftOut }: { read: PostReader; leftOut: ItemCounts },
): AsyncGenerator<SitePost> {
  for (const path of paths) {
    const site = siteOf(path, name);
    for await (const { value } of tables.rows(folder, [path])) {
      for (const found of read(value)) {
        if (isPost(found)) yield { ...found, site };
        else leaveOut(leftOut, found.reason);
      }
    }
  }
}

/** A site of a dump is its folder, with what stands before `Posts` in the name of the file; without either, the source itself. */
function siteOf(path: string, source: string): string {
  const folder = dirname(dumpFolder.test(path) ? dirname(path) : path);
  const [, own = ''] = siteFile.exec(path) ?? [];
  return [folder === '.' ? '' : folder, own].filter((part) => part !== '').join('/') || source;
}

/** `math` in `math-Posts.xml`, as dumps of several sites lie in one folder. */
const siteFile = /(?:^|\/)([^/]*?)[-_. ]*posts[^/]*\.xml$/i;

/** Dumps of Reddit have the questions in one folder and the answers in another. */
const dumpFolder = /(^|\/)(submissions|comments)\/R[CS]_[^/]*$/;

/** Rows of whole threads, sorted by site and id. */
function rowsOf(posts: readonly SitePost[], leftOut: ItemCounts): RankedRow[] {
  const sites = [...Map.groupBy(posts, ({ site }) => site)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sites.flatMap(([site, own]) => {
    const joined = joinThreads(own);
    for (const [reason, count] of Object.entries(joined.leftOut)) leftOut[reason] = (leftOut[reason] ?? 0) + count;
    return joined.threads.map(({ thread, question, licence, answers }): RankedRow => {
      const origin = digestOfText(`${site}/${thread}\n${question}`);
      return { origin, ordinal: 0, repository: site, path: thread, licence, question, answers };
    });
  });
}

async function writeShards({ artifacts }: Dependencies, rows: AsyncIterable<RankedRow>) {
  const shards = [];
  let waiting: RankedRow[] = [];
  let count = 0;
  for await (const row of rows) {
    count += 1;
    waiting.push(row);
    if (waiting.length < shardRows) continue;
    shards.push(await artifacts.writeJsonl(waiting));
    waiting = [];
  }
  if (waiting.length > 0) shards.push(await artifacts.writeJsonl(waiting));
  return { shards, rows: count };
}

const dumpFiles = {
  stackexchange: 'a Posts.xml for each site, unpacked from its archive',
  reddit: 'threads as JSON, or submissions and comments as JSON lines',
} as const;

function noDump({ id, settings: { format } }: NodeOf<'source/web'>, { name, folder }: SourceFolder): Error {
  return classified(
    'invalid',
    `${id}: source ${name} (${folder}) has no dump of the format ${format}, which is ${dumpFiles[format]}. Put one there, or set format`,
  );
}

function nothingRanked({ id }: NodeOf<'source/web'>, { name, folder }: SourceFolder, leftOut: ItemCounts): Error {
  const counted = countsText(leftOut);
  const reason = counted === '' ? 'Its files have no posts' : `Left out: ${counted}`;
  return classified('invalid', `${id}: no question of source ${name} (${folder}) has two answers. ${reason}`);
}
