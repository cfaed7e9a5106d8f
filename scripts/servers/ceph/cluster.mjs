// Brings a Ceph up: monitor, store, gateway, and a user of its S3 interface.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../ports.mjs';
import { answersSigned } from '../signed.mjs';
import { cephConfig } from './config.mjs';
import { keyringOf, newSecret } from './keys.mjs';

const accessKeyId = 'test';
const secretAccessKey = 'testsecret';

/**
 * @param {string} directory an empty one, for everything it has
 * @param {import('../processes.mjs').Processes} processes
 * @param {import('../ceph.mjs').CephOptions} options
 * @returns {Promise<import('../keeper.mjs').Access & { configuration: string }>}
 */
export async function bringUp(directory, processes, { store = 'memstore', size = 4 * 2 ** 30 }) {
  const fsid = randomUUID();
  const [v2, v1, gatewayPort] = await freePorts(3);
  const monitors = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`;
  const at = (...names) => join(directory, ...names);
  for (const name of ['mon', 'osd', 'rgw']) mkdirSync(at(name));
  const config = { directory, fsid, store, size, monitors, gatewayPort };
  writeFileSync(at('ceph.conf'), cephConfig(config));
  const conf = ['-c', at('ceph.conf')];

  const everything = { mon: 'allow *', osd: 'allow *', mgr: 'allow *' };
  const keyring = keyringOf(
    { name: 'mon.', secret: newSecret(), caps: { mon: 'allow *' } },
    { name: 'client.admin', secret: newSecret(), caps: everything },
    { name: 'client.rgw', secret: newSecret(), caps: { mon: 'allow rwx', osd: 'allow rwx' } },
  );
  writeFileSync(at('keyring'), keyring, { mode: 0o600 });
  const map = ['--create', '--fsid', fsid, '--addv', 'a', monitors, at('monmap')];
  await processes.run('monmaptool', 'monmaptool', [...conf, ...map]);
  const mon = [...conf, '-i', 'a'];
  const first = ['--mkfs', '--monmap', at('monmap'), '--keyring', at('keyring')];
  await processes.run('mon-mkfs', 'ceph-mon', [...mon, ...first]);
  processes.start('mon', 'ceph-mon', [...mon, '-f']);

  const osdUuid = randomUUID();
  const osdSecret = newSecret();
  writeFileSync(at('osd', 'keyring'), keyringOf({ name: 'osd.0', secret: osdSecret }), {
    mode: 0o600,
  });
  writeFileSync(at('osd.json'), JSON.stringify({ cephx_secret: osdSecret }), { mode: 0o600 });
  const osd = [...conf, '-i', '0'];
  await Promise.all([
    processes.run('osd-new', 'ceph', [...conf, 'osd', 'new', osdUuid, '-i', at('osd.json')]),
    processes.run('osd-mkfs', 'ceph-osd', [
      ...osd,
      '--no-mon-config',
      '--mkfs',
      '--osd-uuid',
      osdUuid,
    ]),
  ]);
  processes.start('osd', 'ceph-osd', [...osd, '-f']);

  // Not at one time: both make the zone and the pools where there are none.
  const gateway = [...conf, '-n', 'client.rgw'];
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey];
  const user = ['user', 'create', '--uid=test', '--display-name=Test', ...keys];
  await processes.run('user', 'radosgw-admin', [...gateway, ...user]);
  processes.start('rgw', 'radosgw', [...gateway, '-f']);
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  const access = { endpoint, region: 'us-east-1', accessKeyId, secretAccessKey };
  await processes.until('the gateway', () => answersSigned(access));
  return { ...access, configuration: at('ceph.conf') };
}
