// What a program of its own has open: files, directories, sockets, whatever the kernel counts.

/**
 * Begins such a program, before it opens anything: `kept()` names what is open by then and was not at
 * this moment.
 */
export const countingDescriptors = `
  const { readdirSync, readlinkSync } = await import('node:fs');
  function descriptors() {
    return readdirSync('/proc/self/fd').flatMap((name) => {
      try {
        return [name + ' ' + readlinkSync('/proc/self/fd/' + name)];
      } catch {
        return []; // the one that listed them
      }
    });
  }
  void process.stdout; // with its first stream libuv opens a descriptor that it keeps in reserve
  const atFirst = descriptors();
  const kept = () => descriptors().filter((one) => !atFirst.includes(one));`;
