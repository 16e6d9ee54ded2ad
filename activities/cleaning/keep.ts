import { matchesOf, similarityOf, slots } from '../../items/index.ts';
import { partsOfEdges, sortedEdges, textsOfPart } from './band.ts';
import { bytesOf, OpenFiles, writeBytes } from './files.ts';
import type { RankOutput } from './files.ts';
import { newEntry } from './sign.ts';

/** All signed texts, and the edges between those that may be similar. */
export interface KeepJob {
  folder: string;
  signed: SignedBytes[];
  edges: string[];
  /** Texts in all. */
  total: number;
  /** Least similarity of near duplicates; null keeps them. */
  near: number | null;
  /** Texts that are equal to a neighbour's in the next shard: the one that goes, and the one that is before it in the order. */
  equal: [number, number][];
  /** Number of the first text that is not of the earlier corpus. */
  from: number;
  /** Texts of an output shard. */
  textsOfShard: number;
}

/** Signatures of one shard of texts. */
export interface SignedBytes {
  bytes: string;
  /** Number of its first text among all. */
  offset: number;
}

export type KeepFile = 'dropped';

export interface KeepFacts {
  kept: number;
  /** Number of the text that each shard of those that are not of the earlier corpus starts with. */
  cuts: number[];
}

/** Numbers of an entry of `dropped`: the text, the one that stays in its place, and the slots that they share. */
export const droppedNumbers = 3;

/**
 * Decides which texts stay, in the order: those of the earlier corpus, then by number. A text goes only if one that stays itself
 * is similar enough, and the most similar of these is its witness. Later texts change nothing about earlier ones.
 */
export async function keep(job: KeepJob): Promise<RankOutput<KeepFile, KeepFacts>> {
  using files = new OpenFiles();
  const state: KeepState = { gone: new Uint8Array(Math.ceil(job.total / 8)), equal: new Map(job.equal), witnesses: new Map() };
  const winners = new Set(job.equal.map(([, winner]) => winner));
  const written: Uint32Array[] = [];
  for (let part = 0; part < partsOfEdges(job.total); part += 1) {
    const dropped: number[] = [];
    for (const { later, earlier } of candidatesOf(readEdges(files, job, part))) {
      const witness = witnessOf({ later, earlier }, { state, similar: bestOf(files, job) });
      if (!witness) continue;
      setGone(state.gone, later);
      dropped.push(later, ...witness);
      if (winners.has(later)) state.witnesses.set(later, witness);
    }
    written.push(Uint32Array.from(dropped));
  }
  const numbers = written.reduce((sum, { length }) => sum + length, 0);
  return {
    files: { dropped: writeBytes(job.folder, 'dropped', ...written.map(bytesOf)) },
    facts: { kept: job.total - numbers / droppedNumbers, cuts: cutsOf(state, job) },
  };
}

/** The text that stays in the place of another, and the slots that they share. */
type Witness = [text: number, matches: number];

interface KeepState {
  /** A bit for each text. */
  gone: Uint8Array;
  equal: Map<number, number>;
  /** Of texts that have gone and have an equal one in another shard. */
  witnesses: Map<number, Witness>;
}

interface Candidates {
  later: number;
  earlier: number[];
}

interface Similar {
  state: KeepState;
  /** The most similar of some texts, if it is similar enough. */
  similar: (text: number, others: readonly number[]) => Witness | null;
}

function witnessOf({ later, earlier }: Candidates, { state, similar }: Similar): Witness | null {
  const equal = state.equal.get(later);
  if (equal !== undefined) return state.witnesses.get(equal) ?? [equal, slots];
  return similar(later, earlier.filter((text) => !isGone(state.gone, text)));
}

/** The edges of a part, sorted, with those of equal texts. */
function readEdges(files: OpenFiles, { edges, total, equal }: KeepJob, part: number): Uint32Array {
  const head = partsOfEdges(total) + 1;
  const read = edges.map((path) => {
    const [from = 0, to = 0] = files.numbers(path, part, 2);
    return files.numbers(path, head + 2 * from, 2 * (to - from));
  });
  const own = equal.filter(([later]) => Math.floor(later / textsOfPart) === part);
  read.push(Uint32Array.from(own.flatMap(([later, earlier]) => [earlier + newEntry, later])));
  const all = new Uint32Array(read.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of read) {
    all.set(each, at);
    at += each.length;
  }
  return sortedEdges(all);
}

/** Each later text with the earlier ones in their order. */
function* candidatesOf(edges: Uint32Array): Generator<Candidates> {
  for (let at = 0; at < edges.length; ) {
    const later = edges[at + 1] ?? 0;
    const earlier: number[] = [];
    for (; edges[at + 1] === later && at < edges.length; at += 2) earlier.push((edges[at] ?? 0) % newEntry);
    yield { later, earlier };
  }
}

function bestOf(files: OpenFiles, { signed, near }: KeepJob): Similar['similar'] {
  const bytesOfText = (text: number): Uint8Array => {
    const { bytes, offset } = signed[shardOf(signed, text)] ?? { bytes: '', offset: 0 };
    return files.read(bytes, (text - offset) * slots, slots);
  };
  return (text, others) => {
    if (near === null || others.length === 0) return null;
    const own = bytesOfText(text);
    let best: Witness | null = null;
    for (const other of others) {
      const matches = matchesOf(own, bytesOfText(other));
      if (similarityOf(matches) >= near && matches > (best?.[1] ?? 0)) best = [other, matches];
    }
    return best;
  };
}

/** Index of the last of sorted shards whose first text is not after this one. */
export function shardOf(shards: readonly { offset: number }[], text: number): number {
  let [low, high] = [0, shards.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((shards[middle]?.offset ?? 0) <= text) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** An output shard ends before a text that stays, after so many others; equal texts are in one shard, since those behind the first go. */
function cutsOf({ gone }: KeepState, { from, total, textsOfShard }: KeepJob): number[] {
  const cuts: number[] = [];
  let kept = 0;
  for (let text = from; text < total; text += 1) {
    if (isGone(gone, text)) continue;
    if (kept % textsOfShard === 0) cuts.push(text);
    kept += 1;
  }
  return [from, ...cuts.slice(1)];
}

function isGone(gone: Uint8Array, text: number): boolean {
  return ((gone[text >>> 3] ?? 0) & (1 << (text & 7))) !== 0;
}

function setGone(gone: Uint8Array, text: number): void {
  gone[text >>> 3] = (gone[text >>> 3] ?? 0) | (1 << (text & 7));
}
