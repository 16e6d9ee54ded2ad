import type { Json } from '../../plan/index.ts';
import type { Step } from '../names/steps.ts';

/** A setting of steps that differ in their seed, `schedule.lr`, as a table shows it: each value once. */
export function settingText(steps: (Step | undefined)[], path: string): string {
  const values = steps.flatMap((step) => (step && !step.isPartial ? [textOfSetting(valueAt(step.settings, path))] : []));
  return [...new Set(values)].join(', ');
}

/** The value at a dotted path; undefined where there is none. */
function valueAt(settings: Json, path: string): Json | undefined {
  let value: Json | undefined = settings;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function textOfSetting(value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential() : String(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
