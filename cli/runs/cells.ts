import { scalarText, type ParamValues } from '../../plan/index.ts';
import { CommandFailure, exit } from '../terminal/failure.ts';

/**
 * Reads `init=pmp,seed=1`; several are combined, and may name a param only once. A value ends at the next comma followed by
 * `name=`, so it may contain commas. Ends the command for anything else.
 */
export function collectCell(entry: string, before: ParamValues = {}): ParamValues {
  const values: ParamValues = { ...before };
  for (const part of entry.split(between)) {
    const { name, value } = pattern.exec(part)?.groups ?? {};
    if (name === undefined || value === undefined || value === '' || value.endsWith(','))
      throw new CommandFailure(
        `--cell ${entry}: expected name=value, or several separated by commas, as in --cell init=pmp,seed=2`,
        exit.usage,
      );
    const earlier = Object.hasOwn(values, name) ? values[name] : value;
    if (earlier !== value)
      throw new CommandFailure(
        `--cell ${entry}: no cell has both ${name}=${earlier} and ${name}=${value}. Give one of the two`,
        exit.usage,
      );
    Object.defineProperty(values, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return values;
}

/** A selector as written on a command line. */
export function cellText(selector: ParamValues): string {
  return Object.entries(selector).map(([name, value]) => `${name}=${scalarText(value)}`).join(',');
}

const between = /,(?=[a-zA-Z][\w-]*=)/;
const pattern = /^(?<name>[a-zA-Z][\w-]*)=(?<value>[^]*)$/;
