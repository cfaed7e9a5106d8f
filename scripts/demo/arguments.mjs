// The command line of `npm start`.
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from '../bootstrap/terminal.mjs';

const help = `npm start [-- [DIR] [--remote URL] [--home DIR] [--fresh]]

Syncs a gallery to a cloud, and from there to a second device.

  DIR           your own pictures instead of the sample gallery; nothing is written
                into it but .cloudsync/
  --remote URL  the cloud; without it, a directory is one. For example
                's3://BUCKET/PREFIX?endpoint=http://127.0.0.1:7480&region=us-east-1'
                with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment
                (npm run ceph starts a server to try it with)
  --home DIR    where the second device, the state and that directory lie
                (default: ~/.local/share/cloudsync-demo)
  --fresh       forget earlier runs: the second device, the sample, and the cloud
                where it is our directory; what lies at a URL stays`;

/** @returns {{ directory: string | undefined, remote: string | undefined, home: string, fresh: boolean }} */
export function parseDemoArguments(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        remote: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${help}`);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  if (positionals.length > 1) throw new SetupError(`One directory at most, please.\n\n${help}`);
  const share = process.env.XDG_DATA_HOME ?? '';
  const base = isAbsolute(share) ? share : join(homedir(), '.local', 'share');
  return {
    directory: directoryOf(positionals[0]),
    remote: values.remote,
    home: resolve(values.home ?? join(base, 'cloudsync-demo')),
    fresh: values.fresh,
  };
}

function directoryOf(name) {
  if (name === undefined) return undefined;
  const directory = resolve(name);
  if (!existsSync(directory)) {
    throw new SetupError(`There is no directory ${directory}. Name one that has pictures in it.`);
  }
  if (!statSync(directory).isDirectory()) {
    throw new SetupError(`${directory} is not a directory. Name the one that the pictures are in.`);
  }
  return directory;
}
