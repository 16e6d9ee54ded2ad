// A door of their own, since the command line starts faster without what they load.
export { createArchives } from './archives.ts';
export { createGithub } from './github/github.ts';
export { createRepositories } from './git.ts';
export { createTables } from './tables.ts';
