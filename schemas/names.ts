/** Name of a step, model or param. */
export const namePattern = '^[a-z][a-z0-9_-]{0,62}$';

/** The rule above in words. */
export const nameTitle = 'a lower-case letter, then lower-case letters, digits, - and _';

/** Name of something the operator declares: may hold dots and inner slashes, as names of published models do. */
export const resourcePattern = '^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$';

/** The rule above in words. */
export const resourceTitle = 'letters, digits, - and _, with single dots and slashes between them';

/** A whole value that names a param. */
export const paramPattern = '^\\$[a-z][a-z0-9_-]{0,62}$';

/** The id of a step, or of one output of a step. */
export const referencePattern = '^[a-z][a-z0-9_-]{0,62}(\\.[a-z][a-z0-9_-]*)?$';

/** A YAML file in the same folder, by its name alone. */
export const siblingPattern = '^[A-Za-z0-9_][A-Za-z0-9._-]*\\.ya?ml$';
