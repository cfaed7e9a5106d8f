// nginx that serves a directory as a bucket which everybody may read: the fastest S3 there is to read
// from, for benches.
import { systemPackages } from '../bootstrap/system-packages.mjs';
import { keep } from './keeper.mjs';

/** @param {{ bucket: string, directory: string }} options the files below `directory` never change */
export async function startNginx(options) {
  await systemPackages(['nginx']);
  return keep('nginx', options);
}
