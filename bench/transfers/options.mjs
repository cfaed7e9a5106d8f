// What all benches of transfers understand: --rounds=N and --scale=PART, to try them small.

/** @param {{ rounds?: string, scale?: string }} options of the command line */
export function optionsOf({ rounds = '5', scale = '1' }) {
  const read = { rounds: Number(rounds), scale: Number(scale) };
  if (!Number.isInteger(read.rounds) || read.rounds < 1) throw new Error('--rounds=N, from 1');
  if (!(read.scale > 0))
    throw new Error('--scale=PART of the size or number of files, such as 0.1');
  return read;
}

/** Many small files become fewer, few large ones smaller. */
export function scaled({ count, size, ...rest }, scale) {
  if (size < 2 ** 20) return { count: Math.max(1, Math.round(count * scale)), size, ...rest };
  return { count, size: Math.max(2 ** 20, Math.round(size * scale)), ...rest };
}
