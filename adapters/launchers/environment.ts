const inherited =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|SSL_CERT_(FILE|DIR)|CUDA_\w+|NVIDIA_\w+|NCCL_\w+|GLOO_\w+|ROCR_\w+|HIP_\w+|OMP_NUM_THREADS|SLURM_CONF)$/;

/**
 * The environment of a process we start: a short list of inherited variables, and the given ones. Variables that change how programs load
 * code (`LD_*`, `PYTHON*`, `NODE_OPTIONS`) and all secrets are left out.
 */
export function cleanEnvironment(given: { [name: string]: string }): { [name: string]: string } {
  const kept = Object.entries(process.env).filter(([name]) => inherited.test(name));
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])), ...given };
}
