const inherited =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|SSL_CERT_(FILE|DIR)|CUDA_\w+|NVIDIA_\w+|NCCL_\w+|ROCR_\w+|HIP_\w+|OMP_NUM_THREADS)$/;

/**
 * Environment of a process we start: a short list of variables that are ours to pass on, and those given. What changes
 * how programs load code (`LD_*`, `PYTHON*`, `NODE_OPTIONS`) and every secret stay behind.
 */
export function cleanEnvironment(given: { [name: string]: string }): { [name: string]: string } {
  const kept = Object.entries(process.env).filter(([name]) => inherited.test(name));
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])), ...given };
}
