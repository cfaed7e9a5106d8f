// `npm start [-- DIR]`: prepares the checkout, then does the main job on a directory as the cloud.
import { prepare } from './bootstrap/prepare.mjs';
import { SetupError, exitWith } from './bootstrap/terminal.mjs';
import { parseDemoArguments } from './demo/arguments.mjs';

try {
  const choice = parseDemoArguments(process.argv.slice(2));
  await prepare('use');
  // Only now: the demo imports the product, which may not have been built before.
  const { runDemo } = await import('./demo/demo.mjs');
  process.exitCode = await runDemo(choice);
} catch (error) {
  if (error instanceof SetupError && error.exitCode === 0) {
    console.log(error.message);
  } else {
    exitWith(error);
  }
}
