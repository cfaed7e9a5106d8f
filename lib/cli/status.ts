// `cloudsync status`: each space in a few lines: where, when last, how much is where, what is open.
import { FileSyncState } from '../enums.js';
import type { Device } from '../device.js';
import type { SpaceView } from './device.js';
import { ExitCode } from './exit-codes.js';
import type { Session } from './session.js';
import { fileStateName, stateWords } from './states.js';
import type { Terminal } from './terminal.js';
import { count, formatBytes, safeName } from './text.js';

interface Summary {
  files: number;
  bytes: number;
  /** What has its content on this device. */
  localFiles: number;
  localBytes: number;
  states: Map<FileSyncState, number>;
  /** ms since the epoch; 0: never; absent where the API does not tell it (the gallery). */
  lastSync?: number;
}

export async function status(session: Session): Promise<ExitCode> {
  const { output, signal } = session;
  const { device, spaces } = await session.open();
  for (const space of spaces) {
    const summary = await summarise(device, space.name, signal);
    if (signal.aborted) return ExitCode.INTERRUPTED;
    const { states, lastSync, ...figures } = summary;
    output.emit('space', {
      ...space,
      ...(lastSync === undefined ? {} : { lastSync: isoTime(lastSync) }),
      ...figures,
      states: Object.fromEntries(
        [...states].map(([state, files]) => [fileStateName(state), files]),
      ),
    });
    if (!output.json) say(output.out, space, summary);
  }
  return ExitCode.DONE;
}

const isoTime = (milliseconds: number): string | null =>
  milliseconds === 0 ? null : new Date(milliseconds).toISOString();

async function summarise(device: Device, space: string, signal: AbortSignal): Promise<Summary> {
  const summary: Summary = {
    files: 0,
    bytes: 0,
    localFiles: 0,
    localBytes: 0,
    states: new Map(),
  };
  if (space !== 'gallery') {
    summary.lastSync = await new device.cloudSync.FileSync(space).getLastSyncTime();
  }
  for await (const entry of device.list(space)) {
    if (signal.aborted) break;
    if (entry.directory) continue;
    summary.files += 1;
    summary.bytes += entry.size;
    summary.states.set(entry.state, (summary.states.get(entry.state) ?? 0) + 1);
    if (entry.location === 'cloud') continue;
    summary.localFiles += 1;
    summary.localBytes += entry.size;
  }
  return summary;
}

function say(terminal: Terminal, space: SpaceView, summary: Summary): void {
  const row = (title: string, words: string) => terminal.line(`  ${terminal.dim(title)}  ${words}`);
  const cloudOnly = summary.files - summary.localFiles;
  const open = [...summary.states].filter(
    ([state]) => state !== FileSyncState.COMPLETED && state !== FileSyncState.UPLOAD_SUCCESS,
  );
  terminal.line(terminal.bold(space.name));
  row('here      ', safeName(space.root));
  row('cloud     ', safeName(space.remote));
  if (summary.lastSync !== undefined) {
    const never = summary.lastSync === 0;
    row('last sync ', never ? 'never' : new Date(summary.lastSync).toLocaleString());
  }
  row('files     ', `${count(summary.files, 'file')}, ${formatBytes(summary.bytes)}`);
  row(
    'content   ',
    `${summary.localFiles} here (${formatBytes(summary.localBytes)}), ${cloudOnly} in the cloud only`,
  );
  row(
    'open      ',
    open.length === 0
      ? terminal.green('nothing')
      : terminal.yellow(open.map(([state, files]) => `${files} ${stateWords[state]}`).join(', ')),
  );
}
