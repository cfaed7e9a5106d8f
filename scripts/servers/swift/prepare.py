# prepare.py DIRECTORY NAME=PORT...: a disk that Swift can use, and rings that lead to it. The command
# swift-ring-builder does the same in nine calls, each of which loads Swift again.
import os
import sys

from swift.common.ring import RingBuilder

directory, *rings = sys.argv[1:]
disk = os.path.join(directory, "d1")
os.mkdir(disk)
try:
    os.setxattr(disk, "user.cloudsync", b"")
except OSError as error:
    sys.exit(f"Swift needs a file system with extended attributes ({error}): set TMPDIR to one.")

for ring in rings:
    name, port = ring.split("=")
    builder = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    device = {"region": 1, "zone": 1, "ip": "127.0.0.1", "device": "d1", "weight": 1.0}
    builder.add_dev({**device, "port": int(port), "meta": ""})
    builder.rebalance()
    builder.get_ring().save(os.path.join(directory, f"{name}.ring.gz"))
