import { clipText } from '../../items/index.ts';
import type { MapKind } from './kind.ts';

/** Shortens every prompt of a chunk. */
export const clip: MapKind<'clip'> = {
  shape: 'map',
  async work(_, { node, rows, meter }) {
    meter.add(node.id, rows.prompts.length);
    const clipped = rows.prompts.map((row) =>
      row['status'] === 'ok' ? { ...row, prompt: clipText(String(row['prompt']), node.settings) } : row,
    );
    return { rows: clipped };
  },
};
