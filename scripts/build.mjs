// `npm run build`: prepares the checkout and builds what has changed.
import { prepare } from './bootstrap/prepare.mjs';
import { exitWith } from './bootstrap/terminal.mjs';

await prepare('use').catch(exitWith);
