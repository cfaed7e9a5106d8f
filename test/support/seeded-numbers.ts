/** `CLOUDSYNC_SEED`, or a new one: for the name of a test, so that it can be told again. */
export function seedOfThisRun(): number {
  return Number(process.env['CLOUDSYNC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
}

/** Numbers below a limit, the same ones for the same seed. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below); // the high bits: the low ones repeat soon
  };
}
