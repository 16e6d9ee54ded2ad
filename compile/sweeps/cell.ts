import type { ParamValues } from '../../plan/index.ts';
import type { Place } from '../diagnostics/source.ts';
import type { Params } from '../names/params.ts';

/** One point: every param has its value, and every bound group the name of its choice. */
export interface Cell {
  id: string;
  sweeps: string[];
  /** Params and groups that the axes of its first sweep bind, sorted: what tells it from the other cells. */
  axes: string[];
  /** Steps that all of its sweeps work towards; null: what the file works towards. */
  targets: Set<string> | null;
  values: ParamValues;
  /** The params as steps of this cell see them. */
  params(): Params;
}

export interface CellOptions {
  set: ParamValues;
  /** Where files of params give values. */
  given?: Map<string, Place> | undefined;
  /** Only these sweeps; none: the one cell of the defaults. Left out: all sweeps, and without any the one cell. */
  only?: string[] | undefined;
  /** The key that the sweeps of the file stand under. */
  at: Place | null;
  /** Only cells with these values. */
  selector?: ParamValues | undefined;
}
