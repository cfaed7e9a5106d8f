// `cloudsync confirm [SPACE] [PLANID]`: shows what waits for a person, and releases exactly that. A
// root that was moved is bound again, and another remote accepted, in the same way.
import { createInterface } from 'node:readline/promises';
import type { Plan } from '../types.js';
import { chooseSpace, UsageError } from './device.js';
import type { SpaceView } from './device.js';
import { ExitCode } from './exit-codes.js';
import { sayHalts, sayTotal } from './plan.js';
import type { Session } from './session.js';

export interface ConfirmOptions {
  yes?: boolean;
}

export async function confirm(
  session: Session,
  name: string | undefined,
  planId: string | undefined,
  options: ConfirmOptions,
): Promise<ExitCode> {
  const { output } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, name);
  const found = await device.plan(space.name);
  if (found.halts.length === 0) {
    output.emit('confirmed', { space: space.name, nothing: true });
    if (!output.json) output.out.line(`${space.name}: nothing waits for you.`);
    return ExitCode.DONE;
  }
  if (planId !== undefined && planId !== found.id) {
    throw new UsageError(
      `What waits is not what ${planId} was any more; look at it again, then confirm its new id.`,
      `cloudsync plan ${space.name}`,
    );
  }
  show(session, space, found);
  if (!(await agreed(session, options))) {
    if (!output.json) output.out.line('Nothing was confirmed.');
    return ExitCode.HALTED;
  }
  await device.confirm(found.id);
  output.emit('confirmed', { space: space.name, id: found.id });
  if (!output.json) {
    const next = output.out.bold(`cloudsync sync ${space.name}`);
    output.out.line(`${output.out.green('✔')} Confirmed. ${next} carries it out.`);
  }
  return ExitCode.DONE;
}

function show({ output }: Session, space: SpaceView, found: Plan): void {
  if (output.json) return;
  output.out.line(output.out.bold(space.name));
  sayHalts(output, found);
  for (const total of found.totals) {
    if (total.outcome === 'held') sayTotal(output, found, total);
  }
}

/** A person at a terminal is asked; a program has to say so from the beginning. */
async function agreed({ output, signal }: Session, { yes = false }: ConfirmOptions) {
  if (yes) return true;
  if (output.json || !process.stdin.isTTY) {
    throw new UsageError('Nobody can be asked here. If it is meant, say --yes.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('Is this meant? [y/N] ', { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
