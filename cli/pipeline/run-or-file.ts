import { statSync } from 'node:fs';
import { standardInput } from '../../compile/index.ts';

/** Whether an argument that may be a run or a file is a file: it exists, has a name that no run can have, or is standard input. */
export function isFile(name: string): boolean {
  return name === standardInput || /[/\\]|\.(ya?ml|json)$/.test(name) || (statSync(name, { throwIfNoEntry: false })?.isFile() ?? false);
}
