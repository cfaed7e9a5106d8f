// Stories in which something happens in the middle of a transfer, with each kind of cloud.
import { bucketCloud } from './bucket-cloud.js';
import type { Cloud, CloudKind } from './clouds.js';
import { opened } from './devices.js';
import type { Opened, Options } from './devices.js';
import { directoryCloud } from './directory-cloud.js';
import { freshBucket } from './s3.js';
import { tcpFaultProxy } from './tcp-fault-proxy.js';
import type { Way } from './tcp-fault-proxy.js';

export interface Stage {
  readonly cloud: Cloud;
  readonly at: Opened;
  /** Does it once so many bytes of a transfer have moved that way. */
  meanwhile(way: Way, bytes: number, act: () => unknown): Promise<void>;
}

/** A device and its cloud; nothing moves while `meanwhile` acts, where there is a network to stop. */
export async function stage(kind: CloudKind, options: Options = {}): Promise<Stage> {
  if (kind === 'directory') {
    const cloud = directoryCloud();
    const at = await opened({ ...options, cloud });
    const meanwhile = async (_: Way, bytes: number, act: () => unknown) => {
      await new Promise<void>((resolve) => {
        at.device.on('progress', ({ bytesDone }) => {
          if (bytesDone >= bytes) resolve();
        });
      });
      await act();
    };
    return { cloud, at, meanwhile };
  }
  const bucket = await freshBucket(kind);
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  const cloud = bucketCloud(bucket);
  const at = await opened({ ...options, cloud: bucketCloud(bucket.by(proxy.endpoint)) });
  const meanwhile = async (way: Way, bytes: number, act: () => unknown) => {
    await proxy.passed(way, proxy.counts[way] + bytes);
    proxy.stall();
    await act();
    proxy.resume();
  };
  return { cloud, at, meanwhile };
}
