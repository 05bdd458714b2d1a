/* The three files of minisign. A password's key derivation is not asked for: it takes a second. */
#include "fuzz/fuzz.h"

#include <communique/minisign.h>
#include <communique/secret.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str file = fuzz_input(bytes, size);
	struct fault why = { .kind = NO_FAULT };
	struct signature signature;
	struct public_key public;
	struct secret_key secret;

	must(sign_start(&why));
	if (!signature_parse(file, &signature, &why))
		fuzz_refused(&why);
	why.kind = NO_FAULT;
	if (!public_key_parse(file, &public, &why))
		fuzz_refused(&why);
	why.kind = NO_FAULT;
	if (secret_key_has_password(file))
		return 0;
	if (secret_key_parse(file, NULL, &secret, &why))
		secret_key_free(&secret);
	else
		fuzz_refused(&why);
	return 0;
}
