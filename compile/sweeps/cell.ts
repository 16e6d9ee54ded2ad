import type { ParamValues } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Params } from '../names/params.ts';

/** One point: every param has its value, and every bound group the name of its choice. */
export interface Cell {
  id: string;
  sweeps: string[];
  /** Params and groups that the axes of its first sweep bind, sorted: they distinguish it from the other cells. */
  axes: string[];
  /** The targets of all its sweeps; null: the targets of the file. */
  targets: Set<string> | null;
  values: ParamValues;
  /** The params as steps of this cell see them. */
  params(): Params;
}

export interface CellOptions {
  set: ParamValues;
  /** The places of values from params files. */
  given?: Map<string, Place> | undefined;
  /** Only these sweeps; an empty list: only the cell of the defaults. Left out: all sweeps, or that one cell if there are none. */
  only?: string[] | undefined;
  /** The place of the key `sweeps`. */
  at: Place | null;
  /** Only cells with these values. */
  selector?: ParamValues | undefined;
}
