#include "schema.h"

bool schema_find(struct str name, struct str *out)
{
	for (size_t i = 0; i < schema_file_count; i++) {
		if (!str_equal(str_from(schema_files[i].name), name))
			continue;
		*out = schema_files[i].asset.bytes;
		return true;
	}
	return false;
}
