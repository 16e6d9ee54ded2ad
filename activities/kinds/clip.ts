import { clipText } from '../../items/index.ts';
import type { ChunkInput, ChunkOutput } from '../../plan/index.ts';
import { nothingPaid, onChunk } from '../group/chunk.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Opened } from '../run/unit-work.ts';

/** Shortens every prompt of a chunk. */
export function clip(dependencies: Dependencies) {
  return (input: Opened<ChunkInput>): Promise<ChunkOutput> =>
    onChunk(dependencies, input, async ({ node, rows, meter }) => {
      const settings = node.settings as unknown as Parameters<typeof clipText>[1];
      const prompts = rows['prompts'] ?? [];
      meter.add(node.id, prompts.length);
      const clipped = prompts.map((row) =>
        row['status'] === 'ok' ? { ...row, prompt: clipText(String(row['prompt']), settings) } : row,
      );
      return { rows: clipped, paid: nothingPaid };
    });
}
