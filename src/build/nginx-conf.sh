#!/bin/sh
# nginx-conf.sh STATE PORT [cache] - writes STATE/nginx.conf: a whole nginx for one user, in
# the foreground, on the loopback address, around nginx/communique.conf as it is shipped.
# `make run` uses it, and the tests; without the cache, so that what was published is seen at
# once and not a second later.
set -eu
[ $# = 2 ] || [ "$#${3-}" = 3cache ] || {
	echo 'usage: nginx-conf.sh STATE PORT [cache]' >&2
	exit 2
}
top=$(cd "$(dirname "$0")/../.." && pwd)
state=$(cd "$1" && pwd)
port=$2
mkdir -p "$state/nginx"

# Started by root, nginx would give its workers to a user who may not open the sockets.
user=
[ "$(id -u)" != 0 ] || user="user root $(id -gn);"

cache=communique
[ $# = 3 ] || cache=off

cat >"$state/nginx.conf" <<END
# Written at each start; see nginx/example-site.conf for one to keep.
$user
daemon off;
# One process and no worker beside it: when it is killed, nothing keeps its port.
master_process off;
pid "$state/nginx/pid";
error_log "$state/nginx/error.log" warn;
events { worker_connections ${CONNECTIONS:-1024}; }

http {
    access_log "$state/nginx/access.log";
    client_body_temp_path "$state/nginx/body";
    fastcgi_temp_path "$state/nginx/fastcgi";
    proxy_temp_path "$state/nginx/proxy";
    scgi_temp_path "$state/nginx/scgi";
    uwsgi_temp_path "$state/nginx/uwsgi";

    fastcgi_cache_path "$state/nginx/cache" keys_zone=communique:1m
                       levels=1:2 max_size=100m inactive=10m use_temp_path=off;
    include "$top/nginx/communique-http.conf";
    upstream communique_public {
        server "unix:$state/public.sock";
        keepalive 128;
        keepalive_requests 1000000;
        keepalive_timeout 30s;
    }
    upstream communique_desk {
        server "unix:$state/desk.sock";
    }

    server {
        listen 127.0.0.1:$port;
        server_name localhost;
        access_log "$state/nginx/access.log" communique;
        set \$communique_cache $cache;
        include "$top/nginx/communique.conf";
    }
}
END
