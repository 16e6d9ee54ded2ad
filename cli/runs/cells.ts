import { scalarText } from '../../plan/index.ts';
import type { ParamValues } from '../../plan/index.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';

/**
 * Reads `init=pmp,seed=1`; several are put together, and name a param once. A value goes up to the next comma that is followed by
 * `name=`, so it may hold commas itself. Ends the command for anything else.
 */
export function collectCell(entry: string, before: ParamValues = {}): ParamValues {
  const values: ParamValues = { ...before };
  for (const part of entry.split(between)) {
    const { name, value } = pattern.exec(part)?.groups ?? {};
    if (name === undefined || value === undefined || value === '' || value.endsWith(','))
      throw new CommandFailure(`--cell ${entry}: expected name=value, or several with commas between, as in --cell init=pmp,seed=2`, exit.usage);
    const earlier = Object.hasOwn(values, name) ? values[name] : value;
    if (earlier !== value) throw new CommandFailure(`--cell ${entry}: no cell has ${name}=${earlier} and ${name}=${value}. Give one of the two`, exit.usage);
    Object.defineProperty(values, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return values;
}

/** A selector as it is written on a command line. */
export function cellText(selector: ParamValues): string {
  return Object.entries(selector).map(([name, value]) => `${name}=${scalarText(value)}`).join(',');
}

const between = /,(?=[a-zA-Z][\w-]*=)/;
const pattern = /^(?<name>[a-zA-Z][\w-]*)=(?<value>[^]*)$/;
