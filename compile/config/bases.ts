import { join } from 'node:path';
import { statSync } from 'node:fs';
import { hasCode } from '../../ports/failure.ts';
import { parseJson, type JsonObject } from '../../plan/json.ts';
import { trainableFamilies } from '../../schemas/index.ts';
import { readBounded } from '../read/read-file.ts';

/** Whether and how a folder of weights can be a base of trainings. */
export interface BaseWeights {
  /** Why the trainer does not support it; null if it does. */
  refusal: string | null;
  /** Null if its configuration does not say. */
  layers: number | null;
}

/** What the trainer supports, in words. */
export const trainableBases = `a model of type ${trainableFamilies.join(', ')}`;

/** Reads the `config.json` of a folder of weights; null if there is no such folder. */
export function lookAtBase(folder: string): BaseWeights | null {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return null;
  const file = join(folder, 'config.json');
  try {
    const config = parseJson<JsonObject>(readBounded(file));
    const { num_hidden_layers: layers, model_type: family = null } = config;
    const isTrainable = typeof family === 'string' && trainableFamilies.includes(family);
    return { refusal: isTrainable ? null : `model_type ${String(family)}`, layers: typeof layers === 'number' ? layers : null };
  } catch (error) {
    return { refusal: hasCode(error, 'ENOENT') ? 'no config.json' : `a config.json that cannot be read (${String(error)})`, layers: null };
  }
}
