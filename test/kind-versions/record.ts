import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scoresVersion } from '../../records/names.ts';
import { isKind, kindOf } from '../../schemas/index.ts';
import { keptScores } from './deciding.ts';
import { command, differences, explain, record } from './differences.ts';
import type { Recorded } from './differences.ts';
import { kindFiles, readSource } from './kind-files.ts';

const place = 'test/kind-versions/recorded.json';

const usage = `${command}: prints which kinds differ from ${place}
  --record                            records raised versions and new kinds
  --unchanged KIND[,KIND…] "why"      records changed code whose result is the same, with the reason`;

/** What is recorded of every kind. */
export function readRecorded(): Recorded {
  return JSON.parse(readSource(place)) as Recorded;
}

/** Version of a kind that runs, or of kept scores. */
export function versionOf(kind: string): number {
  if (kind === keptScores) return scoresVersion;
  if (!isKind(kind)) throw new Error(`no kind ${kind}`);
  return kindOf(kind).version;
}

/** Runs the command; the exit code is 1 while anything is left to decide, 2 for a wrong call. */
function main([option, names = '', note = '', ...rest]: string[]): number {
  const [recorded, files] = [readRecorded(), kindFiles()];
  const found = differences(recorded, files, versionOf);
  if (option === '--record' && names === '') write(record({ recorded, files, found }));
  else if (option === '--unchanged' && rest.length === 0) {
    const kinds = names.split(',');
    const other = kinds.filter((kind) => !found.some((each) => each.kind === kind && each.state === 'changed'));
    if (other.length > 0)
      return say(`${other.join(', ')}: no changed code at the recorded version, so there is nothing to note\n${explain(found)}`, 2);
    if (note.trim().length < 10) return say(`A note says why the result is the same, got: ${JSON.stringify(note)}\n${usage}`, 2);
    write(record({ recorded, files, found, unchanged: { kinds, note: note.trim() } }));
  } else if (option !== undefined) return say(usage, 2);
  const left = differences(readRecorded(), files, versionOf);
  return say(
    left.length === 0 ? 'Everything is as recorded.' : explain(left),
    left.length === 0 ? 0 : 1,
  );
}

function write(recorded: Recorded): void {
  writeFileSync(fileURLToPath(new URL('recorded.json', import.meta.url)), `${JSON.stringify(recorded, null, 2)}\n`);
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
