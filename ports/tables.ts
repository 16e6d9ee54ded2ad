/** A row of a data file as it was published. */
export interface PublishedRow {
  /** Where it is, for a person: `data/train.jsonl:17`, rows counted from 1. */
  at: string;
  /** What it holds; undefined where it is no JSON; of XML the attributes. */
  value: unknown;
}

/** Reads data files as they were published: parquet, JSON arrays, JSON lines and single JSON objects, compressed or not, and rows of XML. */
export interface Tables {
  /** The rows of files inside a folder, one file after the other. Throws `invalid` with the name of a file that cannot be read. */
  rows(folder: string, paths: readonly string[]): AsyncIterable<PublishedRow>;
}
