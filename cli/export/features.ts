import type { Json } from '../../plan/index.ts';
import type { Row } from '../../ports/artifacts.ts';

/** A type as Hugging Face names it; `null` where no row has a value. */
type ValueType = string | { list: ValueType } | { struct: ColumnTypes };

/** Types of columns by name, in the order in which they first occur. */
export type ColumnTypes = Map<string, ValueType>;

/** Notes the columns of a row, of which other rows may have fewer or more. The values of a column are of one type, or null. */
export function noteColumns(types: ColumnTypes, row: Row): void {
  for (const [name, value] of Object.entries(row)) types.set(name, typeOf(value, types.get(name)));
}

function typeOf(value: Json, known: ValueType = 'null'): ValueType {
  if (value === null) return known;
  if (Array.isArray(value)) {
    const before = typeof known === 'object' && 'list' in known ? known.list : 'null';
    return { list: value.reduce<ValueType>((type, item) => typeOf(item, type), before) };
  }
  if (typeof value === 'object') {
    const struct: ColumnTypes = typeof known === 'object' && 'struct' in known ? known.struct : new Map();
    noteColumns(struct, value);
    return { struct };
  }
  if (typeof value === 'number') return known === 'float64' || !Number.isInteger(value) ? 'float64' : 'int64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

type HuggingFaceType = { dtype: string } | { list: unknown } | { struct: NamedType[] };

type NamedType = { name: string } & HuggingFaceType;

/** The `features` of a data card. */
export function featuresOf(types: ColumnTypes): NamedType[] {
  return [...types].map(([name, type]) => ({ name, ...featureOf(type) }));
}

function featureOf(type: ValueType): HuggingFaceType {
  if (typeof type === 'string') return { dtype: type };
  if ('struct' in type) return { struct: featuresOf(type.struct) };
  const item = featureOf(type.list);
  return { list: 'dtype' in item ? item.dtype : 'struct' in item ? item.struct : item };
}
