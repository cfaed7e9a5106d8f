// For contenders that run in Node and measure a part of themselves: without start and set-up.

/** Runs `work` and gives its wall and CPU seconds. */
export async function timed(work) {
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wall, cpu: (user + system) / 1e6 };
}

/** Prints the figures of this process as the harness reads them. */
export function reportFigures(figures) {
  console.log(JSON.stringify({ ...figures, peakRss: process.resourceUsage().maxRSS * 1024 }));
}

/** A seeded order of `count` numbers below `limit`: the same for every contender. */
export function* randomIndexes(count, limit) {
  let state = 0x9e3779b9;
  for (let index = 0; index < count; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) % limit;
  }
}
