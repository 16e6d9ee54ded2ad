/** The operator's configuration with every default filled in and every path absolute. */
export interface Config {
  /** Folder of the store; where it is in a bucket, of the copies and the scratch folders of this machine. */
  store: string;
  bucket?: BucketPlace;
  /** A Temporal server that is there already; null: by the environment, or one is started. */
  temporal: { address: string; namespace: string } | null;
  endpoints: { [name: string]: Endpoint };
  weights: { [name: string]: Weights };
  /** `items`: of each part of a data set, where they are fewer than the published ones. */
  sources: { [name: string]: { path: string; items?: { [part: string]: number } } };
  github: GithubAccess;
  pools: { [name: string]: Pool };
  /** What prices are in. */
  currency?: string;
  /** The file it was read from; null: built in. */
  file: string | null;
}

/** A bucket that keeps a store. */
export interface BucketPlace {
  /** `s3://bucket`, optionally with folders behind it. */
  url: string;
  /** Base URL of a server other than Amazon's. */
  endpoint_url?: string;
  /** Absent: by the environment or the profile of the AWS SDK. */
  region?: string;
}

/** The environment variable or the file that holds a secret. */
export type SecretPlace = { env: string } | { file: string };

/** How GitHub is asked: by a person, by an app, or by nobody in particular. */
export interface GithubAccess {
  /** Base URL of the REST interface, without a slash at its end. */
  url: string;
  token?: SecretPlace;
  app?: { id: number; installation: number; key: SecretPlace };
}

export interface Pool {
  /** How processes are started: by workers, over ssh, or by Slurm. */
  launcher: 'agents' | 'ssh' | 'slurm';
  /** On each node. */
  processes: number;
  /** Seconds without a step after which a process counts as stalled, unless its steps are long. */
  stall_after: number;
  /** Whether the layers of a model that is trained are compiled. */
  compile: boolean;
  /** Nodes that a step runs on; absent: one, which is this machine where workers start it. */
  nodes?: number;
  /** The nodes as ssh knows them. */
  hosts?: string[];
  /** Configuration file of ssh. */
  ssh_config?: string;
  /** Further options of sbatch. */
  sbatch?: string[];
  /** GPUs that a running step holds; absent: none. */
  gpus?: number;
  /** TFLOPs of one GPU at its best. */
  peak_tflops?: number;
  /** Share of the peak that a training reaches. */
  utilisation?: number;
  /** Of a GPU-hour, in the currency. */
  price?: number;
}

/** A model that answers. */
export type Endpoint = RemoteEndpoint | ServedEndpoint;

interface EndpointBase {
  /** Name of the model as the server knows it. */
  model: string;
  /** `sha256:` digest of the weights; null where nobody declared one. */
  identity: string | null;
  /** Requests in flight at most. */
  concurrency: number;
  /** Seconds that one request may take. */
  timeout: number;
  /** Requests made for an item whose requests fail while others are answered. */
  tries: number;
  /** Seconds that trouble of the whole endpoint is waited out. */
  outage: number;
  /** Share of the items of a step that may stay without an answer. */
  unanswered: number;
  /** Further finish reasons of the server for `stop`: the model ended its answer. */
  stop_reasons?: string[];
  /** Further words in an error of the server that mean that a prompt was too long. */
  too_long?: string[];
  /** Of a million tokens, in the currency. */
  price?: { input: number; output: number };
}

export interface RemoteEndpoint extends EndpointBase {
  /** Base URL without a slash at its end. */
  url: string;
  /** Base URLs of further servers of the same model. */
  replicas?: string[];
  key?: SecretPlace;
  /** Further headers of each request. */
  headers?: { [name: string]: string | SecretPlace };
  serve?: undefined;
}

/** A server codepmp starts itself. */
export interface ServedEndpoint extends EndpointBase {
  serve: {
    /** Path of a GGUF file, or of what `command` serves. */
    weights: string;
    threads: number;
    slots: number;
    /** Tokens of a slot. */
    context: number;
    /** The pool that runs it; absent: a child process of each worker. */
    pool?: string;
    /** Servers on the pool. Default: one. */
    replicas?: number;
    /** Command line of a server, with placeholders. Default: the built-in server. */
    command?: string[];
  };
  url?: undefined;
}

export interface Weights {
  /** Folder for from_pretrained, or a GGUF file. */
  path: string;
  identity: string | null;
  parameters?: number;
}
