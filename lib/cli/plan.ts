// `cloudsync plan [SPACE...]`: what a run would do now, and why something waits for a person.
import type { Plan, PlanTotal } from '../types.js';
import { chooseSpace } from './device.js';
import type { SpaceView } from './device.js';
import { ExitCode } from './exit-codes.js';
import type { Output } from './output.js';
import type { Session } from './session.js';
import { count, formatBytes, safeName } from './text.js';

/** How many single steps of a kind are shown; the rest is counted. */
const opsShown = 20;

/** In the order in which a run carries them out: of one, of many. */
const sentences: Readonly<Record<string, readonly [string, string]>> = {
  makeLocalDirectory: ['directory is made here', 'directories are made here'],
  moveLocal: ['file gets its new name here', 'files get their new names here'],
  download: ['file comes down', 'files come down'],
  compare: ['file is compared', 'files are compared'],
  makeRemoteDirectory: ['directory is made in the cloud', 'directories are made in the cloud'],
  moveRemote: ['file gets its new name in the cloud', 'files get their new names in the cloud'],
  upload: ['file goes up', 'files go up'],
  removeLocal: ['file is removed from this device', 'files are removed from this device'],
  removeRemote: ['file is removed from the cloud', 'files are removed from the cloud'],
  forget: [
    'file is gone from the cloud, and from the list',
    'files are gone from the cloud, and from the list',
  ],
  removeLocalDirectory: ['directory is removed here', 'directories are removed here'],
  removeRemoteDirectory: [
    'directory is removed from the cloud',
    'directories are removed from the cloud',
  ],
};

export async function plan(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { device, spaces } = await session.open();
  const chosen = names.length === 0 ? spaces : names.map((name) => chooseSpace(spaces, name));
  let worst: ExitCode = ExitCode.DONE;
  for (const space of chosen) {
    if (session.signal.aborted) return ExitCode.INTERRUPTED;
    const found = await device.plan(space.name);
    say(session.output, space, found);
    if (found.halts.length > 0) worst = ExitCode.HALTED;
  }
  return worst;
}

function say(output: Output, space: SpaceView, found: Plan): void {
  output.emit('plan', { space: space.name, ...found });
  if (output.json) return;
  const { out } = output;
  out.line(out.bold(space.name));
  sayHalts(output, found);
  const kinds = Object.keys(sentences);
  const totals = found.totals.filter(({ outcome, kind }) => shown(outcome) && kinds.includes(kind));
  totals.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  for (const total of totals) sayTotal(output, found, total);
  if (found.halts.length > 0) {
    const which = `${space.name} ${found.id}`;
    out.line(`  to release what waits: ${out.bold(`cloudsync confirm ${which}`)}`);
  } else if (totals.length === 0) {
    out.line(`  ${out.green('nothing to do')}`);
  }
}

/** Why something waits. */
export function sayHalts({ out }: Output, { halts }: Plan): void {
  for (const { reason, message } of halts) {
    out.line(`  ${out.red('✘')} ${safeName(message)} ${out.dim(reason)}`);
  }
}

/** One kind of step, and the first of them by name. */
export function sayTotal({ out }: Output, found: Plan, total: PlanTotal): void {
  const { kind, outcome } = total;
  const [one, many] = sentences[kind] ?? [kind, kind];
  const size = total.bytes > 0 ? `, ${formatBytes(total.bytes)}` : '';
  const words = `${count(total.count, one, many)}${size}`;
  out.line(outcome === 'held' ? `  ${out.yellow(`waits: ${words}`)}` : `  ${words}`);
  const named = found.ops.filter((op) => op.kind === kind && op.outcome === outcome);
  for (const { path, size: bytes } of named.slice(0, opsShown)) {
    const bytesOf = bytes > 0 ? ` ${out.dim(formatBytes(bytes))}` : '';
    out.line(`    ${safeName(path)}${bytesOf}`);
  }
  const more = total.count - Math.min(named.length, opsShown);
  if (more > 0) out.line(out.dim(`    and ${count(more, 'more', 'more')}`));
}

const shown = (outcome: string): boolean => outcome === 'pending' || outcome === 'held';
