#!/bin/sh
# nginx-conf.sh STATE PORT - writes STATE/nginx.conf: a whole nginx for one user, in the
# foreground, on the loopback address, around nginx/communique.conf as it is shipped.
# `make run` uses it, and the tests.
set -eu
[ $# = 2 ] || {
	echo 'usage: nginx-conf.sh STATE PORT' >&2
	exit 2
}
top=$(cd "$(dirname "$0")/../.." && pwd)
state=$(cd "$1" && pwd)
port=$2
mkdir -p "$state/nginx"

# Started by root, nginx would give its workers to a user who may not open the sockets.
user=
[ "$(id -u)" != 0 ] || user="user root $(id -gn);"

cat >"$state/nginx.conf" <<END
# Written at each start; see nginx/example-site.conf for one to keep.
$user
daemon off;
# One process and no worker beside it: when it is killed, nothing keeps its port.
master_process off;
pid "$state/nginx/pid";
error_log "$state/nginx/error.log" warn;
events { worker_connections 1024; }

http {
    access_log "$state/nginx/access.log";
    client_body_temp_path "$state/nginx/body";
    fastcgi_temp_path "$state/nginx/fastcgi";
    proxy_temp_path "$state/nginx/proxy";
    scgi_temp_path "$state/nginx/scgi";
    uwsgi_temp_path "$state/nginx/uwsgi";

    include "$top/nginx/communique-http.conf";
    upstream communique_public {
        server "unix:$state/public.sock";
        keepalive 16;
        keepalive_timeout 30s;
    }
    upstream communique_desk {
        server "unix:$state/desk.sock";
    }

    server {
        listen 127.0.0.1:$port;
        server_name localhost;
        access_log "$state/nginx/access.log" communique;
        include "$top/nginx/communique.conf";
    }
}
END
