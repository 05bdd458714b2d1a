/* What arrives on a socket: each prefix is judged, and a refusal stays one. */
#include "fuzz/fuzz.h"

#include "../../../src/web/gate.h"

static void check_pairs(struct str pairs)
{
	struct str name, value;

	while (gate_pair(&pairs, &name, &value))
		must(name.len <= REQUEST_HEAD_MAX && value.len <= REQUEST_HEAD_MAX);
	must(pairs.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str all = fuzz_input(bytes, size < GATE_WINDOW ? size : GATE_WINDOW);
	size_t step = all.len / 64 + 1;
	bool refused = false;
	struct gate gate;

	for (size_t len = 0; len <= all.len;
	     len += len + step > all.len && len < all.len ? all.len - len : step) {
		enum gate_verdict verdict = gate_look(str_first(all, len), &gate);
		char values[GATE_VALUES_MAX];

		must(!refused || verdict == GATE_REFUSE);
		refused = verdict == GATE_REFUSE;
		must(!refused || gate.reason != NULL);
		if (verdict == GATE_READY) {
			must(gate.head <= len && gate.id != 0);
			check_pairs(gate.pairs);
		}
		if (verdict == GATE_VALUES || verdict == GATE_ABORTED || verdict == GATE_STRAY)
			must(gate.used > 0 && gate.used <= len);
		if (verdict == GATE_VALUES)
			must(gate_values(str_first(all, len), 100, values) <= GATE_VALUES_MAX);
	}
	return 0;
}
