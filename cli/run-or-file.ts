import { statSync } from 'node:fs';

/** Whether an argument that may be a run or a file is a file: one that is there, or a name that only a file can have. */
export function isFile(name: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/.test(name) || (statSync(name, { throwIfNoEntry: false })?.isFile() ?? false);
}
