// Runs contenders as child processes, in turn and several times over, so that a machine that gets
// busier or warmer meanwhile is unfair to nobody; takes the median of each figure.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string | undefined>} [env] added to ours; undefined takes away
 * @property {boolean} [reportsItself] its last line is a JSON object of figures (`wall` in seconds …);
 *   otherwise the whole process, with all that it starts, is measured from outside with GNU time
 * @property {() => Promise<void>} [before] makes the world as it must be before a run; not measured
 * @property {() => Promise<void>} [after] throws when the result is not what it must be; not measured
 */

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Runs a command to its end and gives what it printed; it must succeed. */
export async function output(command, args, env = {}) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? signal));
  });
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${errors}${out}`);
  return { out, errors };
}

// Node parses a file of further certificates at each start: 0.1 s where it is a system's whole list.
// No bench uses TLS.
const plain = { NODE_EXTRA_CA_CERTS: undefined };

/** Wall and CPU seconds and peak memory of one run of `contender`, and what else it reports. */
async function once(contender) {
  const { command, args } = contender;
  const env = { ...plain, ...contender.env };
  // What one run has left to be written is not for the next one to wait for.
  await output('sync', []);
  if (contender.reportsItself) {
    const { out } = await output(command, args, env);
    return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
  }
  const gnuTime = '/usr/bin/time';
  if (!existsSync(gnuTime)) throw new Error('GNU time is needed: apt-get install time');
  const began = performance.now();
  const { errors } = await output(gnuTime, ['-f', '%U %S %M', command, ...args], env);
  const wall = (performance.now() - began) / 1000;
  const [user, system, peak] = errors.trimEnd().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, peakRss: peak * 1024 };
}

/**
 * @param {Contender[]} contenders
 * @param {{rounds: number, show?: (words: string) => void, order?: 'turned' | 'same'}} options `same`
 *   where one contender needs what the one before it has left
 * @returns {Promise<Map<string, Record<string, number>>>} by name
 */
export async function measure(contenders, { rounds, show, order: wanted = 'turned' }) {
  const runs = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // The order is turned round each time: who goes second finds warmer caches.
    const order = wanted === 'same' || round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      show?.(`round ${round + 1} of ${rounds}: ${contender.name}`);
      await contender.before?.();
      runs.get(contender.name).push(await once(contender));
      await contender.after?.();
    }
  }
  const medians = ([name, figures]) => [
    name,
    Object.fromEntries(
      Object.keys(figures[0]).map((key) => [key, median(figures.map((f) => f[key]))]),
    ),
  ];
  return new Map([...runs].map(medians));
}
