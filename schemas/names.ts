/** Name of a step, model or param. */
export const namePattern = '^[a-z][a-z0-9_-]{0,62}$';

/** Name of something the operator declares: may hold dots and inner slashes, as names of published models do. */
export const resourcePattern = '^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$';

/** A whole value that stands for a param. */
export const paramPattern = '^\\$[a-z][a-z0-9_-]{0,62}$';

/** The id of a step, or of one output of a step. */
export const referencePattern = '^[a-z][a-z0-9_-]{0,62}(\\.[a-z][a-z0-9_-]*)?$';
