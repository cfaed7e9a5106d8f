// The configuration of an nginx that is an S3 bucket for readers, on 127.0.0.1 only.
import { join } from 'node:path';

/**
 * @param {{ directory: string, served: { bucket: string, directory: string }, port: number,
 *   objects: number }} server
 */
export function nginxConfig({ directory, served, port, objects }) {
  const at = (...names) => join(directory, ...names);
  const { bucket } = served;
  // Started by root, it would read as a user who may not see what is served.
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${at('temporary')};`)
    .join('\n');
  return `${user}daemon off;
worker_processes auto;
pid ${at('pid')};
error_log stderr error;
events { worker_connections 2048; }
http {
${temporary}
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=20000;
  default_type application/octet-stream;
  map_hash_bucket_size 256;
  map_hash_max_size ${2 * Math.max(1024, objects)};
  include ${at('hashes')};
  # Below a prefix (our trash) there is nothing.
  map $arg_prefix $list {
    "" list.xml;
    default empty.xml;
  }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location = /${bucket} { alias ${directory}/$list; default_type application/xml; types { } }
    location = /${bucket}/ { alias ${directory}/$list; default_type application/xml; types { } }
    location /${bucket}/.cloudsync/ { alias ${at('marker', '.cloudsync')}/; }
    location /${bucket}/ {
      alias ${served.directory}/;
      add_header x-amz-meta-mtime $mtime;
      add_header x-amz-meta-cloudsync-sha256 $sha256;
      add_header x-amz-meta-cloudsync-bound $bound;
    }
  }
}
`;
}
