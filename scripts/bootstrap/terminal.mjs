// How the set-up talks: one line per step. In a terminal the line is alive (spinner, seconds, last
// word of the command); elsewhere it is printed once when the step begins and once when it ends.

const alive = process.stdout.isTTY === true && process.env.CI === undefined;
const coloured =
  (process.env.NO_COLOR ?? '') === '' && (alive || process.env.FORCE_COLOR !== undefined);

const paint = (code) => (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint('1');
export const dim = paint('2');
export const green = paint('32');
export const red = paint('31');
export const cyan = paint('36');

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const titleWidth = 17;

/** A failure that a person can act on: its message is all that is printed, without a stack. */
export class SetupError extends Error {}

/**
 * Runs one step of the set-up and says so: `doing` while it lasts. `work` gets a function that shows
 * what is going on, and returns the few words that stay on the screen.
 */
export async function step(title, doing, work) {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1) + ' s';
  const line = (mark, words) => `  ${mark} ${title.padEnd(titleWidth)} ${words}`;
  let detail = doing;
  let frame = 0;
  const draw = () => {
    const room = Math.max(10, (process.stdout.columns ?? 80) - titleWidth - 16);
    const words = `${seconds()}  ${detail.slice(0, room)}`;
    process.stdout.write(`\r\u001b[K${line(cyan(frames[frame++ % frames.length]), dim(words))}`);
  };
  const timer = alive ? setInterval(draw, 100) : undefined;
  if (!alive) console.log(line('…', doing));
  const clear = () => {
    clearInterval(timer);
    if (alive) process.stdout.write('\r\u001b[K');
  };
  try {
    const summary = await work((words) => {
      detail = words.replace(/[^\x20-\x7e]/g, ' ');
    });
    clear();
    console.log(line(green('✔'), `${summary} ${dim(`(${seconds()})`)}`));
  } catch (error) {
    clear();
    console.log(line(red('✘'), dim(seconds())));
    throw error;
  }
}

/** Ends the process with a sentence instead of a stack, where the failure is one a person can act on. */
export function exitWith(error) {
  console.error();
  console.error(error instanceof SetupError ? red(error.message) : error);
  process.exit(1);
}
