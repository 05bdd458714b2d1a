#!/bin/sh
# run.sh [FILE…] - the HTTP tests, in TAP: a real nginx, both services, clients from outside.
# KEEP=1 keeps the folders of their sites.
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- tests/http/*.test.mjs
exec node --test --test-reporter=tap "$@"
