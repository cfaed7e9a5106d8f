// From contenders to what a bench prints.
import { step } from '../../scripts/bootstrap/terminal.mjs';
import { measure } from '../harness/measure.mjs';
import { jsonLine, ratiosTo, tableOf } from '../harness/report.mjs';
import { material, shapeInWords } from './material.mjs';

/** Makes the files of `shape`, or finds them. */
export async function makeMaterial(shape) {
  let made;
  await step('files', 'making them', async () => {
    made = material(shape);
    return shapeInWords(shape);
  });
  return made;
}

/**
 * Measures and prints: ours, whose names begin with `cloudsync`, against the others.
 * @param {string} name of the bench
 * @param {import('../harness/measure.mjs').Contender[]} contenders
 * @param {{ rounds: number, scale: number }} options further numbers among them are printed with the figures
 */
export async function compare(name, contenders, options) {
  const { rounds } = options;
  let results = new Map();
  await step('measuring', 'one after the other', async (show) => {
    results = await measure(contenders, { rounds, show });
    return `medians of ${rounds} rounds, in turn`;
  });
  console.log();
  for (const line of tableOf(results)) console.log(line);
  console.log();
  const names = contenders.map((contender) => contender.name);
  const ours = names.filter((contender) => contender.startsWith('cloudsync'));
  const peers = names.filter((contender) => !ours.includes(contender));
  const ratios = Object.assign({}, ...ours.map((one) => ratiosTo(peers, results, one)));
  const { wall, cpu, peakRss, ...more } = results.get(ours[0]);
  const figures = { peakMiB: peakRss / 2 ** 20, wallSeconds: wall, cpuSeconds: cpu, ...more };
  console.log(jsonLine(name, ratios, { ...figures, ...options }));
}
