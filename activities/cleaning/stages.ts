import { band } from './band.ts';
import { keep } from './keep.ts';
import { look } from './look.ts';
import { sign } from './sign.ts';
import { write } from './write.ts';

/** The stages of cleaning: each reads files and writes new ones, one rank at a time. `look` is for pairs, and writes none. */
export const stages = { sign, band, keep, write, look } as const;

export type StageName = keyof typeof stages;
export type JobOf<S extends StageName> = Parameters<(typeof stages)[S]>[0];
export type MadeBy<S extends StageName> = Awaited<ReturnType<(typeof stages)[S]>>;

/** One rank of a stage for a thread. */
export type RankForThread = { [S in StageName]: { stage: S; job: JobOf<S> } }[StageName];

/** What the rank made. An error ends the thread. */
export type RankFromThread = MadeBy<StageName>;
