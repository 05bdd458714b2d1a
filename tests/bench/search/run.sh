#!/usr/bin/env bash
#
# The search beside SQLite FTS5 (and, with BENCH_XAPIAN=1, Xapian) on the same documents.
#
#	tests/bench/search/run.sh		100 000 documents
#	DOCUMENTS=10000 ROUNDS=9 …		others
#	BENCH_FULL=1 …				1 000 000
#
# The table goes to standard output and to build/bench/search.txt. Exit status 1: it is slower
# than promised (the commonest word 50 times as fast as FTS5's bm25; no query of 200 bytes above
# a tenth of that).

set -u
cd "$(dirname "$0")/../../.."

build=${BUILD:-build}
documents=${DOCUMENTS:-100000}
[ -n "${BENCH_FULL:-}" ] && documents=${DOCUMENTS:-1000000}
rounds=${ROUNDS:-15}
here=tests/bench/search
program=$build/bench/search

mkdir -p "$build/bench"
make -s BUILD="$build" all >/dev/null
lib=$build/lib
${CC:-cc} -std=c11 -D_GNU_SOURCE -Iinclude -O2 -Wall -Wextra -Werror -Wno-deprecated-declarations -pthread \
	-o "$program" $here/search.c "$lib/newsroom.a" "$lib/search.a" "$lib/ledger.a" \
	"$lib/store.a" "$lib/release.a" "$lib/locale.a" "$lib/sign.a" "$lib/base.a" \
	-lsqlite3 -lstemmer -llmdb -lsodium -lutf8proc -lm

folder=$(mktemp -d "${TMPDIR:-/var/tmp}/communique-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$program" "$folder" "$documents" "$rounds" | tee "$build/bench/search.txt"
status=${PIPESTATUS[0]}
if [ -n "${BENCH_XAPIAN:-}" ]; then
	g++ -O2 -Wall -o "$build/bench/xapian" $here/xapian.cc -lxapian
	"$build/bench/xapian" "$folder" "$documents" "$rounds" | tee -a "$build/bench/search.txt"
fi
exit "$status"
