// The configuration of an nginx that stands before an S3 server, on 127.0.0.1 only.
import { join } from 'node:path';

/** @param {{ directory: string, port: number } & import('../http2.mjs').Http2Options} server */
export function frontConfig({ directory, port, target, key, cert, log, requestsPerConnection }) {
  const at = (...names) => join(directory, ...names);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${at('temporary')};`)
    .join('\n');
  return `daemon off;
# One process: its connections are numbered without gaps or twins.
worker_processes 1;
pid ${at('pid')};
error_log stderr warn;
events { worker_connections 2048; }
http {
${temporary}
  # What a test reads: the same fields as in test/support/http2-front.ts.
  log_format seen '$server_protocol $connection $request_method $request_uri $status '
                  '$body_bytes_sent "$http_range" "$request_completion"';
  access_log ${log} seen;
  keepalive_requests ${requestsPerConnection};
  client_max_body_size 0;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    location / {
      proxy_pass ${target};
      proxy_http_version 1.1;
      # It is signed.
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      # Who reads or sends slowly is to be felt on the other side, too.
      proxy_buffering off;
      proxy_request_buffering off;
    }
  }
}
`;
}
