import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readAttempt } from './job-folder.ts';
import { isFresh, renewSeconds } from './lease.ts';
import { shellCommand } from './ssh.ts';

/** What the file `end` of an attempt says that is given up; else it says how many milliseconds the attempt has to end by itself. */
const givenUp = 'given up';

const look = 250;

const ender = shellCommand([process.execPath, fileURLToPath(new URL('end-attempt.ts', import.meta.url))]);

/**
 * The part of a wrapper that other machines hear of: as long as it or its program lives, it renews `beat`, and it ends the attempt when
 * one of them has written `end`.
 */
export const keeper = `
trap 'kill $! 2>/dev/null; exit' TERM
while kill -0 $$ || kill -0 $child; do
  echo > beat
  [ ! -e end ] || exec ${ender}
  sleep ${renewSeconds} & wait $!
done
`;

/** The sign of life of an attempt, by its folder. */
export function beatOf(folder: string): string {
  return join(folder, 'beat');
}

/**
 * Whether an attempt that another machine runs goes on: it has given a sign of life in the last 30 s. One that has not counts as lost for
 * ever, since a new one may have begun: if that machine comes back, it ends it.
 */
export async function isRunningElsewhere(folder: string): Promise<boolean> {
  if ((await readFile(join(folder, 'end'), 'utf8').catch(() => null)) === givenUp) return false;
  if (isFresh(beatOf(folder)) || isFresh(join(folder, 'pid'))) return true;
  await writeFile(join(folder, 'end'), givenUp);
  return false;
}

/** Has another machine end an attempt; resolves when it has, or is lost. */
export async function endElsewhere(folder: string, graceMs: number): Promise<void> {
  await writeFile(join(folder, 'end'), `${graceMs}`);
  while ((await readAttempt(folder)).exit === null && (await isRunningElsewhere(folder))) await sleep(look);
}

/** Milliseconds that an attempt has to end by itself, now that another machine has written `end`. */
export async function graceOf(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'end'), 'utf8');
  return text === givenUp ? 0 : Number(text);
}
