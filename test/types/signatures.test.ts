// What compiles against the API. Checked by `tsc`; nothing here touches a device.
import { expectTypeOf, it } from 'vitest';
import { cloudSync, configure, fileUri, openDevice } from '../../lib/index.js';
import type { BusinessError, Device, EntryInfo } from '../../lib/index.js';

const gallery = new cloudSync.GallerySync();
const download = new cloudSync.Download();

/** Written as for the reference API; compiled, never run. */
export function asInItsDocumentation(): void {
  gallery.on('progress', (pg: cloudSync.SyncProgress) => {
    console.info(pg.state, pg.error);
  });
  gallery.start((err: BusinessError) => {
    console.error(err.message, err.code);
  });
  // eslint-disable-next-line @typescript-eslint/use-unknown-in-catch-callback-variable
  download.start('file:///media/Photo/1').catch((err: BusinessError) => {
    console.error(err.code);
  });
  cloudSync.getFileSyncState(
    ['file://uri'],
    (err: BusinessError, states: Array<cloudSync.FileSyncState>) => {
      console.info(err.code, states.length);
    },
  );
}

/** Calls that must not compile. */
export function wrongCalls(): void {
  // @ts-expect-error the event is 'progress'
  gallery.on('finished', () => undefined);
  // @ts-expect-error a listener is needed
  gallery.on('progress');
  // @ts-expect-error takes no bundle name
  expectTypeOf(new cloudSync.GallerySync('com.example.notes'));
  // @ts-expect-error a URI is needed
  void download.start();
  // @ts-expect-error one URI is answered at once, not by callback
  cloudSync.getFileSyncState('file:///a', () => undefined);
  // @ts-expect-error the spaces are needed
  void configure({});
}

it('runs and downloads return a promise, or nothing with a callback', () => {
  const promised = () => gallery.start();
  const calledBack = () => gallery.start(() => undefined);
  expectTypeOf(promised).returns.resolves.toBeVoid();
  expectTypeOf(calledBack).returns.toBeVoid();
});

it('times and states are numbers', () => {
  const lastSync = () => new cloudSync.FileSync('com.example.notes').getLastSyncTime();
  expectTypeOf(lastSync).returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf<cloudSync.FileSyncState>().toExtend<number>();
});

it('the form of getFileSyncState decides what it answers', () => {
  const one = () => cloudSync.getFileSyncState('file:///a');
  const many = () => cloudSync.getFileSyncState(['file:///a']);
  const answered = () => cloudSync.getFileSyncState(['file:///a'], () => undefined);
  expectTypeOf(one).returns.toEqualTypeOf<cloudSync.FileSyncState>();
  expectTypeOf(many).returns.toEqualTypeOf<Promise<cloudSync.FileSyncState[]>>();
  expectTypeOf(answered).returns.toBeVoid();
});

it('a device has the same namespaces, and can be disposed of', () => {
  expectTypeOf<Device['cloudSync']>().toEqualTypeOf<typeof cloudSync>();
  expectTypeOf<Device>().toExtend<AsyncDisposable>();
  expectTypeOf<ReturnType<Device['list']>>().toEqualTypeOf<AsyncIterable<EntryInfo>>();
  expectTypeOf(openDevice).returns.toEqualTypeOf<Promise<Device>>();
  expectTypeOf(fileUri.getUriFromPath).returns.toBeString();
});
