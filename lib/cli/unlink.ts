// `cloudsync unlink SPACE`: this device forgets the space; files stay as they are on both sides.
import { chooseSpace } from './device.js';
import { ExitCode } from './exit-codes.js';
import type { Session } from './session.js';

export async function unlink(session: Session, name: string): Promise<ExitCode> {
  const { output } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, name);
  await device.unlink(space.name);
  output.emit('unlinked', { space: space.name });
  if (!output.json) {
    output.out.line(
      `${output.out.green('✔')} ${space.name} is unlinked. Nothing was deleted; a later run is a first one.`,
    );
  }
  return ExitCode.DONE;
}
