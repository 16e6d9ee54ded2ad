/** Plain JSON, the only shape a plan, a manifest or a message may have. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Lower-case hex SHA-256 of some bytes. */
export type Digest = string;
