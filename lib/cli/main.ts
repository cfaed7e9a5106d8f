#!/usr/bin/env node
// The `cloudsync` command: reads the command line, runs one subcommand, tells the shell how it went.
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { BusinessError } from '../errors.js';
import { confirm } from './confirm.js';
import type { ConfirmOptions } from './confirm.js';
import { UsageError } from './device.js';
import { mv, rm } from './entries.js';
import type { EntryOptions, RmOptions } from './entries.js';
import { ExitCode } from './exit-codes.js';
import { get } from './get.js';
import type { GetOptions } from './get.js';
import { ls } from './ls.js';
import type { LsOptions } from './ls.js';
import { describeFailure, openOutput } from './output.js';
import { plan } from './plan.js';
import { Session } from './session.js';
import { status } from './status.js';
import { sync } from './sync.js';
import { trashLs, trashRestore, versionsLs, versionsRestore } from './trash.js';
import { unlink } from './unlink.js';

interface CommonOptions {
  config?: string;
  json?: boolean;
}

/** Runs one subcommand from opening to closing, and turns whatever happens into an exit code. */
async function run(
  { config, json = false }: CommonOptions,
  work: (session: Session) => Promise<ExitCode>,
): Promise<void> {
  const output = openOutput(json);
  const session = new Session(output, config);
  const onSignal = () => {
    // A second one does not wait for what is being stopped; the state on disk is safe at any moment.
    if (session.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    session.interrupt();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    process.exitCode = await work(session);
  } catch (error) {
    const { text, fields } = describeFailure(error);
    output.emit('error', fields);
    if (!json) output.err.line(`${output.err.red('✘')} ${text}`);
    if (!json && error instanceof UsageError && error.example !== '') {
      output.err.line(`\n  ${error.example}`);
    }
    process.exitCode = exitCodeOf(error);
  } finally {
    await session.close();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return ExitCode.USAGE;
  if (!(error instanceof BusinessError)) return ExitCode.SOME_FAILED;
  if (error.cause === 'halted') return ExitCode.HALTED;
  const usage = ['invalidArgument', 'invalidValue', 'notYet', 'invalidUri'].includes(error.cause);
  return usage ? ExitCode.USAGE : ExitCode.SOME_FAILED;
}

const configOption = () =>
  new Option('-c, --config <file>', 'the configuration').env('CLOUDSYNC_CONFIG');
const jsonOption = () => new Option('--json', 'one JSON object a line, for programs');
const spaceOption = () => new Option('-s, --space <name>', 'which space; default: gallery');

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}

// A reader that has seen enough (`cloudsync ls | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(ExitCode.DONE);
});

const program = new Command('cloudsync')
  .description('Keeps directories in sync with a cloud; content comes on demand.')
  .version(version())
  .exitOverride()
  .showHelpAfterError('(cloudsync --help says more)')
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 some items failed, 2 usage, 3 halted by a safety rule, 130 interrupted.' +
      '\nWithout --config: $CLOUDSYNC_CONFIG, then ./cloudsync.config.json.',
  );

program
  .command('sync')
  .description('bring spaces and cloud up to date with each other')
  .argument('[space...]', 'which spaces; default: all')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((names: string[], options: CommonOptions) =>
    run(options, (session) => sync(session, names)),
  );

program
  .command('ls')
  .description('list what is known, with its state and where its content is')
  .argument('[prefix]', 'only paths that begin with this')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((prefix: string | undefined, options: CommonOptions & LsOptions) =>
    run(options, (session) => ls(session, prefix, options)),
  );

program
  .command('status')
  .description('each space in a few lines')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((options: CommonOptions) => run(options, status));

program
  .command('get')
  .description('bring the content of files here')
  .argument('<path...>', 'files, or directories with everything below them')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((paths: string[], options: CommonOptions & GetOptions) =>
    run(options, (session) => get(session, paths, options)),
  );

program
  .command('plan')
  .description('what a run would do now, and why something waits for you')
  .argument('[space...]', 'which spaces; default: all')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((names: string[], options: CommonOptions) =>
    run(options, (session) => plan(session, names)),
  );

program
  .command('confirm')
  .alias('rebind')
  .description('say yes to what waits: deletions, another remote, a root that was moved')
  .argument('[space]', 'which space; default: gallery')
  .argument('[plan-id]', 'only if this is still what waits')
  .option('-y, --yes', 'without being asked')
  .addOption(configOption())
  .addOption(jsonOption())
  .action(
    (
      name: string | undefined,
      planId: string | undefined,
      options: CommonOptions & ConfirmOptions,
    ) => run(options, (session) => confirm(session, name, planId, options)),
  );

program
  .command('rm')
  .description('remove files here and in the cloud, also those that are only there')
  .argument('<path...>')
  .option('-r, --recursive', 'directories with everything in them')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((paths: string[], options: CommonOptions & RmOptions) =>
    run(options, (session) => rm(session, paths, options)),
  );

program
  .command('mv')
  .description('rename a file or directory here and in the cloud, also one that is only there')
  .argument('<from>')
  .argument('<to>')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((from: string, to: string, options: CommonOptions & EntryOptions) =>
    run(options, (session) => mv(session, from, to, options)),
  );

const trash = program.command('trash').description('what was removed or replaced');
trash
  .command('ls')
  .description('list it, the newest first')
  .argument('[space]', 'which space; default: gallery')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((name: string | undefined, options: CommonOptions) =>
    run(options, (session) => trashLs(session, name)),
  );
trash
  .command('restore')
  .description('bring the newest one of a path back')
  .argument('<path>')
  .option('--id <id>', 'exactly this one of `trash ls --json`')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((path: string, options: CommonOptions & EntryOptions & { id?: string }) =>
    run(options, (session) => trashRestore(session, path, options)),
  );

const versions = program.command('versions').description('older contents that the cloud keeps');
versions
  .command('ls')
  .description('list those of a file, the newest first')
  .argument('<path>')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((path: string, options: CommonOptions & EntryOptions) =>
    run(options, (session) => versionsLs(session, path, options)),
  );
versions
  .command('restore')
  .description('make one of them the current content')
  .argument('<path>')
  .argument('<id>', 'as `versions ls` tells it')
  .addOption(spaceOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((path: string, id: string, options: CommonOptions & EntryOptions) =>
    run(options, (session) => versionsRestore(session, path, id, options)),
  );

program
  .command('unlink')
  .description('forget a space; files stay as they are on both sides')
  .argument('<space>')
  .addOption(configOption())
  .addOption(jsonOption())
  .action((name: string, options: CommonOptions) =>
    run(options, (session) => unlink(session, name)),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? ExitCode.DONE : ExitCode.USAGE;
}
