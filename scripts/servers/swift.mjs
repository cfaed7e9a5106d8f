// An OpenStack Swift of one node with its S3 interface: a second S3 that is not like the first.
import { systemPackages } from '../bootstrap/system-packages.mjs';
import { keep } from './keeper.mjs';

export async function startSwift() {
  await systemPackages(['swift']);
  return keep('swift', {});
}
