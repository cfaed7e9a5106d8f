// The configuration of a Ceph that is one monitor, one store and one gateway, on 127.0.0.1 only.
import { join } from 'node:path';

const gibibyte = 2 ** 30;

/**
 * @param {{ directory: string, fsid: string, store: 'memstore' | 'bluestore', size: number,
 *   monitors: string, gatewayPort: number }} node
 */
export function cephConfig({ directory, fsid, store, size, monitors, gatewayPort }) {
  const at = (...names) => join(directory, ...names);
  return `[global]
fsid = ${fsid}
mon host = ${monitors}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = ${at('keyring')}
run dir = ${directory}
# A socket's path may not be longer than 107 bytes; nobody asks there.
admin socket =
pid file =
log file =
log to stderr = true
err to stderr = true
debug ms = 0
# What was sent before the store was there is sent again soon.
objecter tick interval = 0.2
debug rgw = 0/0

# One disk is all there is, and it may be nearly full.
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail crit = 1
mon data avail warn = 2
mon max pg per osd = 1000
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0

[mon]
mon data = ${at('mon')}
# Every new pool is a proposal: at the usual pace a start takes 12 s instead of 4 s.
paxos propose interval = 0.05
paxos min wait = 0.01
mon tick interval = 1
keyring = ${at('mon', 'keyring')}

[osd]
osd data = ${at('osd')}
keyring = ${at('osd', 'keyring')}
osd objectstore = ${store}
osd memory target = ${gibibyte}
bluestore block size = ${size}
bluestore fsck on mount = false
memstore device bytes = ${size}

[client.rgw]
rgw data = ${at('rgw')}
# Without tcp_nodelay every small answer waits 45 ms.
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
# BUCKET.localhost names a bucket too.
rgw dns name = localhost
rgw enable usage log = false
rgw enable ops log = false
rgw dynamic resharding = false
# Deleted data would stay for two hours and fill a store in memory.
rgw gc obj min wait = 1
rgw gc processor period = 2
`;
}
