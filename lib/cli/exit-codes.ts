// What the process says to the shell, whatever the subcommand.

export const ExitCode = Object.freeze({
  /** Everything asked for was done. */
  DONE: 0,
  /** Some items failed; the others are done. */
  SOME_FAILED: 1,
  /** The command line or the configuration cannot be used. */
  USAGE: 2,
  /** A safety rule stopped the run; nothing was deleted. */
  HALTED: 3,
  /** Stopped by a signal; what was done stays done, and the next run goes on from there. */
  INTERRUPTED: 130,
} as const);
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
