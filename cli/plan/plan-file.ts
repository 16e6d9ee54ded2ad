import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { baseNamed, checkPlan } from '../../compile/index.ts';
import type { Plan } from '../../plan/index.ts';
import { isJsonObject } from '../../plan/json.ts';
import type { Context } from '../context.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { writeOut } from '../terminal/out-file.ts';
import { basesOnDisk, type PipelineFile } from '../pipeline/file.ts';
import { formatVersion } from './summary.ts';
import { shellWord } from '../terminal/text.ts';

/** A saved plan, and the files it was made from. */
export interface PlanFile {
  format_version: string;
  /** Path of the pipeline as it was given, and the SHA-256 of the text of every file it was made from. */
  made_from: { file: string; files: { [path: string]: string } };
  plan: Plan;
}

/** Saves a plan, which `codepmp run` then runs exactly, even if the files it was made from have changed. */
export function writePlanFile(
  context: Context,
  path: string,
  { pipeline: { file, text, compiled, sources }, plan }: { pipeline: PipelineFile; plan: Plan },
): void {
  const texts = { ...compiled.texts, [file]: text };
  const files = Object.fromEntries(Object.entries(texts).map(([name, each]) => [name, digestOfText(each)]));
  const kept: PlanFile = { format_version: formatVersion, made_from: { file, files }, plan };
  writeOut(context, { out: path, text: `${JSON.stringify(kept)}\n`, what: 'plan', sources });
}

/**
 * The plan in a file, or null if the file holds something else. A plan that cannot run here ends the command: it uses names
 * that the configuration does not declare, was edited, or was made by another version.
 */
export function readPlanFile({ config }: Context, path: string): PlanFile | null {
  const kept = holdsObject(path) ? parseFile(path) : null;
  if (!isJsonObject(kept) || !('plan' in kept) || !('format_version' in kept)) return null;
  const again = `Make it again: codepmp plan FILE --out ${shellWord(path)}`;
  const { plan, made_from: madeFrom, format_version: format } = kept;
  if (major(String(format)) !== major(formatVersion))
    throw new CommandFailure(`${path} has plan format ${String(format)}, expected ${major(formatVersion)}.x. ${again}`);
  if (!isOrigin(madeFrom))
    throw new CommandFailure(
      `${path} does not name the files its plan was made from: expected made_from with file (a path) and files (the SHA-256 of each). ${again}`,
    );
  const problems = checkPlan(plan, config);
  if (problems.length > 0)
    throw new CommandFailure(
      `${path} cannot run here:\n${problems
        .slice(0, 10)
        .map((problem) => `  ${problem}`)
        .join('\n')}`,
    );
  return kept as unknown as PlanFile;
}

/** Files that have changed since the plan was made, or no longer exist. */
export function changedSince(context: Context, { made_from: { file, files } }: PlanFile): string[] {
  const bases = basesOnDisk(context);
  return Object.entries(files)
    .filter(([name, digest]) => {
      const found = bases.read(name === file ? { kind: 'file', path: file } : baseNamed(name));
      return found === null || digestOfText(textOfSource(found.source)) !== digest;
    })
    .map(([name]) => name);
}

/** Whether a file begins as an object of JSON does: a pipeline is read by the compiler alone, within its limits. */
function holdsObject(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const head = Buffer.alloc(64);
  const file = openSync(path, 'r');
  try {
    return /^\ufeff?\s*\{/.test(head.toString('utf8', 0, readSync(file, head)));
  } finally {
    closeSync(file);
  }
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
}

function isOrigin(value: unknown): value is PlanFile['made_from'] {
  return (
    isJsonObject(value) &&
    typeof value['file'] === 'string' &&
    isJsonObject(value['files']) &&
    Object.values(value['files']).every((digest) => typeof digest === 'string')
  );
}

function major(version: string): string {
  return version.split('.', 1)[0] ?? '';
}

/** Text as the compiler reads it, without a byte order mark. */
function textOfSource(source: Uint8Array | string): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
