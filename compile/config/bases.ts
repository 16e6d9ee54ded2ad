import { join } from 'node:path';
import { statSync } from 'node:fs';
import { hasCode } from '../../ports/failure.ts';
import { isJsonObject, parseJson, type Json, type JsonObject } from '../../plan/json.ts';
import { readBounded } from '../read/read-file.ts';

/** Whether and how a folder of weights can be a base of trainings. */
export interface BaseWeights {
  /** Why the trainer does not support it; null if it does. */
  refusal: string | null;
  /** Null if its configuration does not say. */
  layers: number | null;
}

/** What the trainer supports, in words. */
export const trainableBases = 'a Llama, Qwen2 or Mistral model with plain rotary positions';

/** Reads the `config.json` of a folder of weights; null if there is no such folder. */
export function lookAtBase(folder: string): BaseWeights | null {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return null;
  const file = join(folder, 'config.json');
  try {
    const config = parseJson<JsonObject>(readBounded(file));
    const { num_hidden_layers: layers } = config;
    return { refusal: refusalOf(config), layers: typeof layers === 'number' ? layers : null };
  } catch (error) {
    return { refusal: hasCode(error, 'ENOENT') ? 'no config.json' : `a config.json that cannot be read (${String(error)})`, layers: null };
  }
}

/**
 * The first setting of a `config.json` that the trainer's decoder does not compute, as `refusal` in trainer/ decides it; null
 * without one.
 */
export function refusalOf(config: JsonObject): string | null {
  const rope = [config['rope_parameters'], config['rope_scaling']].find((each) => isJsonObject(each) && Object.keys(each).length > 0);
  const ropeType = isJsonObject(rope) ? valueIn(rope, 'rope_type', valueIn(rope, 'type', 'default')) : 'default';
  const family = valueIn(config, 'model_type', null);
  const settings: [name: string, value: Json, isTaken: boolean][] = [
    ['model_type', family, family === 'llama' || family === 'qwen2' || family === 'mistral'],
    ['rope_type', ropeType, ropeType === 'default'],
    ['hidden_act', valueIn(config, 'hidden_act', 'silu'), valueIn(config, 'hidden_act', 'silu') === 'silu'],
    ['sliding_window', valueIn(config, 'sliding_window', null), family !== 'mistral' || valueIn(config, 'sliding_window', null) === null],
    ...['mlp_bias', 'use_sliding_window', 'attention_dropout'].map((name): [string, Json, boolean] => [
      name,
      valueIn(config, name, null),
      !config[name],
    ]),
  ];
  const refused = settings.find(([, , isTaken]) => !isTaken);
  return refused ? `${refused[0]} ${String(refused[1])}` : null;
}

function valueIn(object: JsonObject, name: string, otherwise: Json): Json {
  return object[name] ?? (Object.hasOwn(object, name) ? null : otherwise);
}
