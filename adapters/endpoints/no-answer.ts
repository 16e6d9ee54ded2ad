/** An error that an endpoint replied with. The message is the server's, cut and without control characters. */
export class Refusal extends Error {
  /** Of the reply, or the one that an error inside a reply with status 200 carries. */
  readonly status: number;
  /** It came in a reply with status 200. */
  readonly isInside: boolean;
  /** Code and type that the server gives it, in lower case. */
  readonly code: string;
  /** The field of the request that it is about, where the server names one. */
  readonly field: string | null;
  /** Milliseconds the endpoint asked to wait. */
  readonly retryAfter: number | undefined;

  constructor(message: string, facts: Pick<Refusal, 'status' | 'isInside' | 'code' | 'field' | 'retryAfter'>) {
    super(message);
    this.name = 'Refusal';
    ({ status: this.status, isInside: this.isInside, code: this.code, field: this.field, retryAfter: this.retryAfter } = facts);
  }
}

/** An answer that is not whole; asking again may help. */
export class BrokenAnswer extends Error {}

/** A web page where an answer should be: nothing that is asked there is ever answered. */
export class WebPage extends Error {}
