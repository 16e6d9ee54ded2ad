export { group } from './group.ts';
export { job } from './job.ts';
export { pipeline } from './pipeline.ts';
export { shard } from './shard.ts';
