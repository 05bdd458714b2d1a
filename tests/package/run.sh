#!/bin/sh
# run.sh [FILE…] - the tests of what is installed and packed, in TAP. Without a FILE those of
# `make test`: make install and the Debian packages, built once. `make deb-check` runs all:
# lintian, a second build elsewhere, and a machine that is upgraded while it is read from.
set -eu
cd "$(dirname "$0")/../.."
export BUILD="${BUILD:-build}"
# Once for all of them: they may run at the same time.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make --no-print-directory BUILD="$BUILD" deb >&2
[ $# -gt 0 ] || set -- tests/package/install.test.mjs tests/package/packages.test.mjs
exec node --test --test-reporter=tap "$@"
