import { gzipSync } from 'node:zlib';
import type { UnitSummary } from '../../../../plan/index.ts';
import type { Row } from '../../../../ports/artifacts.ts';
import type { DataChecks } from '../../../../plan/checks.ts';
import { openWorkbench, type Workbench } from '../../rig.ts';

/** What a reader made of files. */
export interface ReadData {
  outputs: { [output: string]: Row[] };
  checks: DataChecks;
  /** Digests of the artifacts. */
  digests: { [output: string]: string };
  warning: string | undefined;
}

export interface DataFiles {
  [path: string]: string | Uint8Array;
}

/** Runs a kind over files of a source, with these further settings. */
export async function readData(kind: string, files: DataFiles, settings = ''): Promise<ReadData> {
  return readWith(await openWorkbench({ files }), kind, settings);
}

/** Runs a kind over the source of a workbench. */
export async function readWith(bench: Workbench, kind: string, settings = ''): Promise<ReadData> {
  const made: UnitSummary = await bench.run(
    `codepmp: 1\nname: s\nsteps:\n  data: {uses: ${kind}, with: {source: python-stdlib${settings && `, ${settings}`}}}\n`,
  );
  const digests = made['data']?.outputs ?? {};
  const outputs: ReadData['outputs'] = {};
  for (const output of Object.keys(digests)) outputs[output] = await bench.rows(made['data'], output);
  const { meta } = await bench.manifest(made['data'], Object.keys(digests)[0]);
  return { outputs, checks: meta['checks'] as unknown as DataChecks, digests, warning: made['data']?.warning };
}

/** Rows as JSON lines. */
export function jsonLines(rows: object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Rows as gzipped JSON lines. */
export function gzipped(rows: object[]): Uint8Array {
  return gzipSync(jsonLines(rows));
}
