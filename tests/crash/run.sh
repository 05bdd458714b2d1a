#!/bin/sh
# run.sh [FILE…] - the crash tests, in TAP; `make crash` is their long form. build/tests/crash/
# *.so must be there.
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- tests/crash/*.test.mjs
exec node --test --test-reporter=tap "$@"
