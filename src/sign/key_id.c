#include <communique/bytes.h>
#include <communique/minisign.h>

bool key_id_equal(const struct key_id *a, const struct key_id *b)
{
	return memcmp(a->at, b->at, sizeof a->at) == 0;
}

/* The bytes are a little-endian number and its digits are written from the most
 * significant one: the last byte comes first. */
static void reverse(unsigned char *to, const unsigned char *from)
{
	for (size_t i = 0; i < KEY_ID_SIZE; i++)
		to[i] = from[KEY_ID_SIZE - 1 - i];
}

bool key_id_parse(struct str text, struct key_id *out)
{
	unsigned char number[KEY_ID_SIZE];

	if (!hex_decode(number, sizeof number, text))
		return false;
	reverse(out->at, number);
	return true;
}

const char *key_id_text(char out[KEY_ID_TEXT_SIZE], const struct key_id *id)
{
	unsigned char number[KEY_ID_SIZE];

	reverse(number, id->at);
	hex_encode(out, number, sizeof number);
	out[KEY_ID_TEXT_SIZE - 1] = '\0';
	return out;
}
