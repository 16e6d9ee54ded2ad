/** Unites sorted names. Equal unions share one array, because there are many unions but few different ones. */
export function createUnion(): (one: string[], other: string[]) => string[] {
  const different = new Map<string, string[]>();
  const known = new Map<string[], Map<string[], string[]>>();
  return (one, other) => {
    if (one === other || other.length === 0) return one;
    if (one.length === 0) return other;
    const before = known.get(one)?.get(other);
    if (before) return before;
    const names = [...new Set([...one, ...other])].sort();
    const union = different.get(names.join(' ')) ?? names;
    different.set(names.join(' '), union);
    known.set(one, (known.get(one) ?? new Map<string[], string[]>()).set(other, union));
    return union;
  };
}
