import { joinPairs } from '../../items/index.ts';
import type { PairSettings, PromptItem, SideItem } from '../../items/index.ts';
import type { ChunkInput, ChunkOutput } from '../../plan/index.ts';
import { nothingPaid, onChunk } from '../group/chunk.ts';
import type { Chunk } from '../group/chunk.ts';
import type { Dependencies } from '../dependencies.ts';
import type { OriginRow } from '../group/slices.ts';
import type { Opened } from '../run/unit-work.ts';

/** Joins the sides of a chunk into pairs; what makes no pair stays as a row with its reason. */
export function pair(dependencies: Dependencies) {
  return (input: Opened<ChunkInput>): Promise<ChunkOutput> =>
    onChunk(dependencies, input, async (chunk) => {
      const { node, rows, meter } = chunk;
      const prompts = (rows['prompts'] ?? []) as unknown as (OriginRow & PromptItem)[];
      const [chosen, rejected] = [side(chunk, 'chosen'), side(chunk, 'rejected')];
      meter.add(node.id, prompts.length);
      const joined = joinPairs({ prompts, chosen, rejected }, node.settings as unknown as PairSettings);
      const keys = (place: SideItem) => [chosen, rejected].map((each) => generationKeyOf(each, place));
      const items = joined.map(({ prompt, status, pair: made }): OriginRow => {
        const { origin, ordinal, repository, path, commit, licence, language, generation_key } = prompt as OriginRow;
        const provenance = { origin, ordinal, repository, path, commit, licence, language } as OriginRow;
        if (!made) return { ...provenance, status };
        const generation_keys = JSON.stringify([generation_key, ...keys(prompt)].filter((key) => typeof key === 'string'));
        return { ...provenance, status, ...made, generation_keys, kind: '' };
      });
      return { rows: items, paid: nothingPaid };
    });
}

function side({ rows }: Chunk, name: string): SideItem[] {
  return (rows[name] ?? []) as unknown as SideItem[];
}

function generationKeyOf(items: SideItem[], { origin, ordinal }: SideItem): unknown {
  const item = items.find((each) => each.origin === origin && each.ordinal === ordinal);
  return (item as { generation_key?: string } | undefined)?.generation_key;
}
