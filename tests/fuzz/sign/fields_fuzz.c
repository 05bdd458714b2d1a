/* Structured fields (RFC 9651), read as a consumer does. */
#include "fuzz/fuzz.h"

#include "../../../src/sign/fields.h"

static void read_parameters(struct fields *fields)
{
	struct field_value value;
	struct str key;

	while (fields_parameter(fields, &key, &value))
		must(key.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str field = fuzz_input(bytes, size);
	struct fields fields = fields_begin(field);
	struct field_value value;
	struct str key;

	while (fields_member(&fields, &key)) {
		if (!fields_value(&fields, &value))
			break;
		if (value.kind == FIELD_LIST)
			while (fields_item(&fields, &value))
				read_parameters(&fields);
		read_parameters(&fields);
	}
	must(fields_position(&fields) <= field.len + 1);
	return 0;
}
