/** Processes of all machines by name. */
export interface Processes {
  /** The name of this process, which no other one ever has. */
  own: string;
  /** Whether the process of a name has ended; null: that cannot be told here, since it is of another machine or no name of a process. */
  hasEnded(name: string): boolean | null;
}
