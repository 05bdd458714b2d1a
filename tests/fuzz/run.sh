#!/bin/sh
# run.sh SECONDS [NAME…] - each fuzz target (or those named) for so long, from its corpus. What
# it finds that is new goes to build/fuzz/found/<name>/; what breaks it is named, and is to be
# kept in tests/fuzz/corpus/<name>/ when it is mended.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build/fuzz}
seconds=$1
shift
[ $# -gt 0 ] || set -- $(basename -s _fuzz.c tests/fuzz/*/*_fuzz.c)
failed=0
for name; do
	program=$(echo "$build"/tests/fuzz/*/"${name}_fuzz")
	found=$build/found/$name
	mkdir -p "$found"
	status=0
	"$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=70000 \
		-print_final_stats=1 -artifact_prefix="$build/found/$name-" \
		"$found" "tests/fuzz/corpus/$name" >"$build/found/$name.log" 2>&1 || status=$?
	[ "$status" = 0 ] || failed=1
	awk -v name="$name" -v status="$status" '
		/^#[0-9]+.*cov:/ { for (i = 1; i <= NF; i++) if ($i == "cov:") cov = $(i + 1) }
		/^stat::number_of_executed_units/ { runs = $2 }
		END { printf "%-12s %10d runs  coverage %5d  %s\n", name, runs, cov, status == 0 ? "nothing found" : "FOUND SOMETHING" }
	' "$build/found/$name.log"
done
exit $failed
