import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { planSchema } from '../schemas/index.ts';

/** What is wrong with the form of a plan that was made elsewhere, as sentences; none: it has the form of the published schema. */
export function planShape(plan: unknown): string[] {
  validate ??= new Ajv({ strict: false, messages: true }).compile(planSchema);
  if (validate(plan)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = typeof params['additionalProperty'] === 'string' ? ` (${params['additionalProperty']})` : '';
    return `the plan is not one of this version: ${instancePath === '' ? 'it' : instancePath} ${message}${extra}: compile the pipeline again`;
  });
}

let validate: ValidateFunction | null = null;
