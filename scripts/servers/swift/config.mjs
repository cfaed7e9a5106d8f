// The configuration of a Swift that is one proxy with S3 in front of one disk, on 127.0.0.1 only.

const general = (directory, port, user) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = ${user}
swift_dir = ${directory}
# None: it serves itself, and its pid is the one that we know.
workers = 0
log_level = WARNING
log_to_console = true
`;

export const swiftConfig = `[swift-hash]
swift_hash_path_prefix = a
swift_hash_path_suffix = z

[storage-policy:0]
name = one
default = yes
`;

/** @param {'account' | 'container' | 'object'} kind */
export function storageConfig(kind, { directory, port, user }) {
  return `${general(directory, port, user)}devices = ${directory}
mount_check = false
disable_fallocate = true

[pipeline:main]
pipeline = ${kind}-server

[app:${kind}-server]
use = egg:swift#${kind}
`;
}

export function proxyConfig({ directory, port, user, cachePort, accessKeyId, secretAccessKey }) {
  // In the order in which a request meets them; what each needs besides the code it is made of.
  const filters = {
    catch_errors: '',
    gatekeeper: '',
    'proxy-logging': '',
    cache: `memcache_servers = 127.0.0.1:${cachePort}\n`,
    listing_formats: '',
    bulk: '',
    // BUCKET.localhost names a bucket too.
    s3api: 'location = us-east-1\ns3_acl = false\nstorage_domain = localhost\n',
    tempauth: `user_${accessKeyId.replace(':', '_')} = ${secretAccessKey} .admin\n`,
    copy: '',
    slo: '',
    dlo: '',
    versioned_writes: 'allow_object_versioning = true\n',
    symlink: '',
  };
  const egg = (name) => (name === 'cache' ? 'memcache' : name.replace('-', '_'));
  const sections = Object.entries(filters).map(
    ([name, more]) => `[filter:${name}]\nuse = egg:swift#${egg(name)}\n${more}\n`,
  );
  return `${general(directory, port, user)}
[pipeline:main]
pipeline = ${Object.keys(filters).join(' ')} proxy-logging proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# The only disk is never one to avoid.
error_suppression_limit = 1000000

${sections.join('')}`;
}
