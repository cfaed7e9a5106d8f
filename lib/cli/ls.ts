// `cloudsync ls [PREFIX]`: what is here, what is in the cloud, and what is not synced yet. Streams: a
// million entries need no more memory than ten.
import type { EntryInfo } from '../types.js';
import { chooseSpace } from './device.js';
import { ExitCode } from './exit-codes.js';
import type { Session } from './session.js';
import { fileStateName, locationWords, paintLocation, paintState, stateWords } from './states.js';
import type { Terminal } from './terminal.js';
import { fit, formatBytes, safeName } from './text.js';

export interface LsOptions {
  space?: string;
}

const widths = { state: 14, location: 12, size: 8, time: 16 };

export async function ls(
  session: Session,
  prefix: string | undefined,
  options: LsOptions,
): Promise<ExitCode> {
  const { output, signal } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  let seen = 0;
  for await (const entry of device.list(space.name, prefix)) {
    if (signal.aborted) return ExitCode.INTERRUPTED;
    if (seen === 0 && !output.json) output.out.line(head(output.out));
    seen += 1;
    if (output.json) output.emit('entry', jsonEntry(space.name, entry));
    else output.out.line(line(output.out, entry));
  }
  if (seen === 0 && !output.json) {
    const where = prefix === undefined ? '' : ` that begins with '${safeName(prefix)}'`;
    output.err.line(
      `${space.name} has nothing${where}. What the cloud holds is known after \`cloudsync sync\`.`,
    );
  }
  return ExitCode.DONE;
}

/** An entry as a program sees it: states by the names of the API, times in ISO 8601. */
export function jsonEntry(space: string, entry: EntryInfo): object {
  return {
    space,
    ...entry,
    state: fileStateName(entry.state),
    modifyTime: new Date(entry.modifyTime).toISOString(),
  };
}

function head(terminal: Terminal): string {
  return terminal.dim(
    [
      fit('state', widths.state),
      fit('content', widths.location),
      fit('size', widths.size, 'right'),
      fit('changed', widths.time),
      'path',
    ].join('  '),
  );
}

function line(terminal: Terminal, entry: EntryInfo): string {
  const directory = entry.directory;
  const state = directory ? '' : stateWords[entry.state];
  const location = directory ? '' : locationWords[entry.location];
  const path = safeName(entry.path) + (directory && !entry.path.endsWith('/') ? '/' : '');
  return [
    paintState(terminal, fit(state, widths.state)),
    paintLocation(terminal, fit(location, widths.location)),
    fit(directory ? '' : formatBytes(entry.size), widths.size, 'right'),
    terminal.dim(fit(directory ? '' : localTime(entry.modifyTime), widths.time)),
    directory ? terminal.bold(path) : path,
  ].join('  ');
}

function localTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}
