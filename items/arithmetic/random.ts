/** Draws of one named stream; the same seed and name give the same draws on every machine. */
export interface Random {
  /** Whole number in [low, high]. */
  between(low: number, high: number): number;
  /** Throws where the list is empty. */
  pick<T>(list: readonly T[]): T;
  coin(): boolean;
  /** A new list; every order is equally likely. */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * A seeded generator on 32-bit whole numbers, so that no machine rounds differently: a counter with an odd step, its
 * bits mixed by two multiplications and three shifts. The counter starts at a hash of `seed/stream`; streams of one seed
 * have nothing to do with each other, so that a longer one moves no other.
 */
export function createRandom(seed: number, stream: string): Random {
  let counter = spread(`${seed}/${stream}`);
  const next = () => {
    counter = (counter + 0x9e3779b9) | 0;
    return mix(counter);
  };
  const between = (low: number, high: number) => low + Math.floor((next() / 2 ** 32) * (high - low + 1));
  return {
    between,
    pick: (list) => at(list, between(0, list.length - 1)),
    coin: () => next() >= 2 ** 31,
    shuffle(list) {
      const rest = [...list];
      return list.flatMap(() => rest.splice(between(0, rest.length - 1), 1));
    },
  };
}

function at<T>(list: readonly T[], index: number): T {
  if (!(index in list)) throw new RangeError(`a list of ${list.length} has no item ${index}`);
  return list[index] as T;
}

/** Hash of a text, 32 bits, for spreading and not for identity: FNV-1a, whose low bits are weak, and then mixed. */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** Every bit of the result depends on every bit given. */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
