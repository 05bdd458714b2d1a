#!/bin/sh
# run.sh - what a service that was taken over can do, in TAP. build/tests/takeover/communiqued
# must be there (make unit).
set -eu
cd "$(dirname "$0")/../.."
exec node --test --test-reporter=tap tests/takeover/takeover.test.mjs
