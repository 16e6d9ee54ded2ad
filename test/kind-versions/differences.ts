import { keptScores } from './deciding.ts';
import type { KindFiles } from './kind-files.ts';

/** What was recorded of a kind: its version, a digest of what each file adds to its result, why the latest change changes nothing. */
export interface Recorded {
  [kind: string]: { version: number; files: { [file: string]: string }; note?: string };
}

/** A kind that is not as recorded. Only `changed` asks for a decision: the code differs and the version does not. */
export interface Difference {
  kind: string;
  state: 'changed' | 'raised' | 'lowered' | 'new' | 'gone';
  /** From and to. */
  versions: [number | null, number | null];
  /** Files whose part differs, is new or is gone. */
  files: string[];
}

/** Kinds that are not as recorded, by name. */
export function differences(recorded: Recorded, files: KindFiles, versionOf: (kind: string) => number): Difference[] {
  const kinds = [...new Set([...Object.keys(recorded), ...Object.keys(files)])].sort();
  return kinds.flatMap((kind): Difference[] => {
    const before = recorded[kind];
    const now = files[kind];
    const version = now ? versionOf(kind) : null;
    const each = (digests: { [file: string]: string } | undefined, file: string) => digests?.[file];
    const paths = [...new Set([...Object.keys(before?.files ?? {}), ...Object.keys(now ?? {})])].sort();
    const differing = paths.filter((path) => each(before?.files, path) !== each(now, path));
    const found = { kind, versions: [before?.version ?? null, version] as [number | null, number | null], files: differing };
    if (!before || version === null) return [{ ...found, state: before ? 'gone' : 'new' }];
    if (version !== before.version) return [{ ...found, state: version > before.version ? 'raised' : 'lowered' }];
    return differing.length > 0 ? [{ ...found, state: 'changed' }] : [];
  });
}

/** The command that is named in messages. */
export const command = '.setup/bin/node test/kind-versions/record.ts';

/** What differs and what can be done about it; empty where nothing differs. */
export function explain(found: Difference[]): string {
  const changed = found.filter(({ state }) => state === 'changed').map(({ kind }) => kind);
  const lines = found.map(({ kind, state, versions: [from, to], files }) => {
    if (state === 'new' || state === 'gone')
      return `${kind}: ${state === 'new' ? 'runs and is not' : 'no longer runs and is still'} recorded`;
    if (state === 'changed')
      return `${kind}: version ${to} as recorded, and code that decides its result differs:\n${files.map((file) => `    ${file}`).join('\n')}`;
    const what = state === 'raised' ? 'not recorded yet' : 'and a version never goes down: raise it above the recorded one';
    return `${kind}: version ${from} → ${to}, ${what}`;
  });
  if (found.some(({ state }) => state !== 'changed' && state !== 'lowered'))
    lines.push(`\nTo record what needs no decision:\n  ${command} --record`);
  if (changed.length > 0)
    lines.push(
      '\nIf the same settings and inputs now give another result, raise the version and record it:',
      ...changed.map((kind) => `  ${kind === keptScores ? 'scoresVersion in records/names.ts' : `version in schemas/kinds/${kind}.ts`}`),
      `  ${command} --record`,
      'If the result is the same, say why:',
      `  ${command} --unchanged ${changed.join(',')} "why the result is the same"`,
    );
  return lines.join('\n');
}

/** The record with everything that needs no decision, and with the changed kinds that `note` is given for. */
export function record(options: {
  recorded: Recorded;
  files: KindFiles;
  found: Difference[];
  unchanged?: { kinds: string[]; note: string };
}): Recorded {
  const { recorded, files, found, unchanged } = options;
  const next = { ...recorded };
  for (const {
    kind,
    state,
    versions: [, version],
  } of found) {
    const noted = unchanged?.kinds.includes(kind);
    if (state === 'lowered' || (unchanged ? !noted : state === 'changed')) continue;
    if (state === 'gone' || version === null) delete next[kind];
    else next[kind] = { version, files: files[kind] ?? {}, ...(state === 'changed' && unchanged && { note: unchanged.note }) };
  }
  return Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)));
}
