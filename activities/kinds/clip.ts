import { clipText } from '../../items/index.ts';
import type { OriginRow } from '../group/slices.ts';
import type { MapKind, NodeOf } from './kind.ts';

/** Shortens every prompt of a chunk. */
export const clip: MapKind<'clip'> = {
  shape: 'map',
  async work(_, { node, rows, meter }) {
    meter.add(node.id, rows.prompts.length);
    return { rows: rows.prompts.map((row) => (row['status'] === 'ok' ? clipped(row, node.settings) : row)) };
  },
};

/** What stays of a prompt, with its share of the tokens, by characters. */
function clipped(row: OriginRow, settings: NodeOf<'clip'>['settings']): OriginRow {
  const whole = String(row['prompt']);
  const prompt = clipText(whole, settings);
  const { tokens } = row;
  return { ...row, prompt, ...(typeof tokens === 'number' && { tokens: Math.round((tokens * prompt.length) / whole.length) }) };
}
