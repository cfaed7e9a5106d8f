// `cloudsync trash ls|restore` and `cloudsync versions ls|restore`: what was removed or replaced, and
// its way back.
import type { TrashEntry } from '../types.js';
import { chooseSpace, pathIn, uriIn, UsageError } from './device.js';
import type { EntryOptions } from './entries.js';
import { ExitCode } from './exit-codes.js';
import type { Session } from './session.js';
import { fit, formatBytes, safeName } from './text.js';

const widths = { size: 8, time: 20, where: 6, reason: 9 };

export async function trashLs(session: Session, name: string | undefined): Promise<ExitCode> {
  const { output, signal } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, name);
  let seen = 0;
  for await (const entry of device.trash(space.name)) {
    if (signal.aborted) return ExitCode.INTERRUPTED;
    seen += 1;
    output.emit('trashed', {
      space: space.name,
      ...entry,
      removedAt: new Date(entry.removedAt).toISOString(),
    });
    if (!output.json) output.out.line(trashLine(entry));
  }
  if (seen === 0 && !output.json) output.err.line(`${space.name} has nothing in its trash.`);
  return ExitCode.DONE;
}

function trashLine({ location, size, removedAt, reason, path }: TrashEntry): string {
  return [
    fit(localTime(removedAt), widths.time),
    fit(location === 'local' ? 'here' : 'cloud', widths.where),
    fit(reason, widths.reason),
    fit(formatBytes(size), widths.size, 'right'),
    safeName(path),
  ].join('  ');
}

/** The newest one of that path comes back, whichever trash it lies in; with `--id` exactly that one. */
export async function trashRestore(
  session: Session,
  path: string,
  options: EntryOptions & { id?: string },
): Promise<ExitCode> {
  const { output } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  const wanted = pathIn(space, path);
  let newest: TrashEntry | undefined;
  for await (const entry of device.trash(space.name)) {
    const fits = options.id === undefined ? entry.path === wanted : entry.id === options.id;
    if (fits && (newest === undefined || isNewer(entry, newest))) newest = entry;
  }
  if (newest === undefined) {
    throw new UsageError(
      `The trash of ${space.name} has no '${safeName(wanted)}'.`,
      `cloudsync trash ls ${space.name}`,
    );
  }
  const now = await device.restore(space.name, newest.id);
  output.emit('restored', { space: space.name, path: now, location: newest.location });
  if (!output.json) {
    const next =
      newest.location === 'local'
        ? 'the next run brings it to the cloud'
        : 'the next run brings it here';
    output.out.line(`${output.out.green('✔')} restored as ${safeName(now)}; ${next}`);
  }
  return ExitCode.DONE;
}

// The local trash knows seconds only: of one moment, what is here already is preferred.
function isNewer(entry: TrashEntry, than: TrashEntry): boolean {
  const seconds = (time: number) => Math.floor(time / 1000);
  return seconds(entry.removedAt) > seconds(than.removedAt);
}

export async function versionsLs(
  session: Session,
  path: string,
  options: EntryOptions,
): Promise<ExitCode> {
  const { output } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  const versions = await device.versions(uriIn(space, path));
  for (const version of versions) {
    output.emit('version', {
      space: space.name,
      path: pathIn(space, path),
      ...version,
      modifyTime: new Date(version.modifyTime).toISOString(),
    });
    if (output.json) continue;
    const { id, size, modifyTime } = version;
    const time = fit(localTime(modifyTime), widths.time);
    output.out.line(`${time}  ${fit(formatBytes(size), widths.size, 'right')}  ${id}`);
  }
  if (versions.length === 0 && !output.json) {
    output.err.line(`The cloud keeps no older content of '${safeName(path)}'.`);
  }
  return ExitCode.DONE;
}

export async function versionsRestore(
  session: Session,
  path: string,
  id: string,
  options: EntryOptions,
): Promise<ExitCode> {
  const { output } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  await device.restoreVersion(uriIn(space, path), id);
  output.emit('restored', { space: space.name, path: pathIn(space, path), id });
  if (!output.json) {
    output.out.line(
      `${output.out.green('✔')} restored in the cloud; the next run brings it here, and what it ` +
        'replaced is a version now',
    );
  }
  return ExitCode.DONE;
}

function localTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString('sv'); // 2026-11-30 17:05:09, in local time
}
