#!/bin/sh
# run.sh - the browser tests, in TAP: Debian's Chromium against a site of their own. The
# pictures they take stay in build/shots/.
set -eu
cd "$(dirname "$0")/../.."
exec node --test --test-reporter=tap tests/browser/*.test.mjs
