// `cloudsync rm` and `cloudsync mv`: on this device and in the cloud, also what is only there.
import { chooseSpace, pathIn, uriIn } from './device.js';
import { ExitCode } from './exit-codes.js';
import { describeFailure } from './output.js';
import type { Session } from './session.js';
import { count, safeName } from './text.js';

export interface EntryOptions {
  space?: string;
}

export interface RmOptions extends EntryOptions {
  recursive?: boolean;
}

export async function rm(
  session: Session,
  paths: readonly string[],
  options: RmOptions,
): Promise<ExitCode> {
  const { output, signal } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  let failed = 0;
  for (const path of paths) {
    if (signal.aborted) return ExitCode.INTERRUPTED;
    try {
      await device.remove(uriIn(space, path), { recursive: options.recursive ?? false });
      output.emit('removed', { space: space.name, path: pathIn(space, path) });
    } catch (error) {
      failed += 1;
      const { text, fields } = describeFailure(error);
      output.emit('error', { ...fields, path });
      if (!output.json) output.err.line(`  ${output.err.red('✘')} ${safeName(path)}: ${text}`);
    }
  }
  if (!output.json && paths.length > failed) {
    const done = count(paths.length - failed, 'entry', 'entries');
    output.out.line(`${output.out.green('✔')} ${done} removed; cloudsync trash ls shows it`);
  }
  return failed > 0 ? ExitCode.SOME_FAILED : ExitCode.DONE;
}

export async function mv(
  session: Session,
  from: string,
  to: string,
  options: EntryOptions,
): Promise<ExitCode> {
  const { output } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  await device.move(uriIn(space, from), uriIn(space, to));
  output.emit('moved', { space: space.name, from: pathIn(space, from), to: pathIn(space, to) });
  if (!output.json) output.out.line(`${output.out.green('✔')} ${safeName(from)} → ${safeName(to)}`);
  return ExitCode.DONE;
}
