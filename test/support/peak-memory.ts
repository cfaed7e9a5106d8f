/** For a program of its own: `peak()` is the most memory that it has had resident so far, in KiB. */
export const measuringMemory = `
  const { readFileSync } = await import('node:fs');
  const peak = () => Number(/^VmHWM:\\s*(\\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);`;
