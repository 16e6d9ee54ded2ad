/** An error reply of an endpoint. The message is the server's, cut and without control characters. */
export class Refusal extends Error {
  /** The status of the reply, or that of the error inside a reply with status 200. */
  readonly status: number;
  /** Whether it came in a reply with status 200. */
  readonly isInside: boolean;
  /** The server's code and type, in lower case. */
  readonly code: string;
  /** The field of the request that it is about, if the server names one. */
  readonly field: string | null;
  /** Whether it is a web page. */
  readonly isPage: boolean;
  /** How long the endpoint asked to wait, milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(message: string, facts: Pick<Refusal, 'status' | 'isInside' | 'code' | 'field' | 'isPage' | 'retryAfter'>) {
    super(message);
    this.name = 'Refusal';
    ({ status: this.status, isInside: this.isInside, code: this.code, field: this.field } = facts);
    ({ isPage: this.isPage, retryAfter: this.retryAfter } = facts);
  }
}

/** An incomplete answer; a retry may help. */
export class BrokenAnswer extends Error {}

/** A web page instead of an answer: the address is not that of an endpoint. */
export class WebPage extends Error {}
