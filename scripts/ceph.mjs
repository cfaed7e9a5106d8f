// `npm run ceph`: an S3 of your own to try things with, until Ctrl-C.
import { parseArgs } from 'node:util';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { SetupError, bold, cyan, dim, exitWith, step } from './bootstrap/terminal.mjs';
import { startCeph } from './servers/ceph.mjs';
import { signedRequest } from './servers/signed.mjs';

const bucket = 'pictures';
const help = `npm run ceph [-- --disk]

Starts a Ceph of one node on 127.0.0.1, whose S3 you can sync with, until Ctrl-C. What
it holds is gone then.

  --disk   keep its data in a temporary file ($TMPDIR, up to 20 GiB), not in memory (4 GiB)`;

try {
  const options = readArguments();
  await systemPackages(['ceph']); // before the step below: it has a line of its own
  const server = await start(options);
  const stopped = whenAsked();
  tell(server);
  await stopped;
  console.log();
  await step('Ceph', 'stopping', async () => {
    await server.stop();
    return 'stopped, nothing is left of it';
  });
} catch (error) {
  exitWith(error);
}

function readArguments() {
  const flags = {
    disk: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  };
  try {
    const { values } = parseArgs({ options: flags });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    return values.disk ? { store: 'bluestore', size: 20 * 2 ** 30 } : {};
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${help}`);
  }
}

async function start(options) {
  let server;
  console.log();
  await step('Ceph', 'monitor, store and gateway are starting', async () => {
    server = await startCeph(options).catch((error) => {
      throw new SetupError(error.message);
    });
    return 'answers';
  });
  const made = await signedRequest(server, 'PUT', `/${bucket}`);
  if (made.status === 200) return server;
  throw new SetupError(`The bucket could not be made: ${made.status} ${made.body}`);
}

function whenAsked() {
  return new Promise((resolve) => {
    // A timer keeps this process; the server alone does not.
    const stay = setInterval(() => undefined, 2 ** 30);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        clearInterval(stay);
        resolve();
      });
    }
  });
}

function tell({ endpoint, region, accessKeyId, secretAccessKey }) {
  const row = (title, value) => console.log(`    ${title.padEnd(14)} ${cyan(value)}`);
  console.log(`\n  ${bold('Your S3')}`);
  row('endpoint', endpoint);
  row('region', region);
  row('bucket', bucket);
  row('access key', accessKeyId);
  row('secret key', secretAccessKey);
  const remote = `s3://${bucket}/gallery?endpoint=${endpoint}&region=${region}`;
  console.log(`\n  ${bold('Sync with it')} ${dim('(in another terminal)')}\n`);
  console.log(`    AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} \\`);
  console.log(`      npm start -- --remote '${remote}'`);
  console.log(`\n  ${dim('Ctrl-C stops it and removes what it holds.')}`);
}
