#include "fields.h"

struct fields fields_begin(struct str field)
{
	struct fields fields = { .all = field, .rest = field, .first = true };

	while (fields.rest.len && fields.rest.at[0] == ' ')
		fields.rest = str_skip(fields.rest, 1);
	return fields;
}

size_t fields_position(const struct fields *fields)
{
	return fields->all.len - fields->rest.len + 1;
}

static bool broken(struct fields *fields, const char *what)
{
	if (!fields->broken)
		fields->broken = what;
	return false;
}

/* '\0' at the end; a NUL in the field fits nowhere, so the two need no telling apart. */
static char peek(const struct fields *fields)
{
	return fields->rest.len ? fields->rest.at[0] : '\0';
}

static void step(struct fields *fields)
{
	fields->rest = str_skip(fields->rest, 1);
}

static bool take(struct fields *fields, char c)
{
	if (!fields->rest.len || fields->rest.at[0] != c)
		return false;
	step(fields);
	return true;
}

static size_t skip_spaces(struct fields *fields)
{
	size_t count = 0;

	while (take(fields, ' '))
		count++;
	return count;
}

/* What was read since `from`. */
static struct str since(const struct fields *fields, struct str from)
{
	return str_first(from, from.len - fields->rest.len);
}

static bool is_key_char(char c)
{
	return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}

static bool read_key(struct fields *fields, struct str *key)
{
	struct str from = fields->rest;

	if (!is_lower(peek(fields)) && peek(fields) != '*')
		return broken(fields, "a key begins with a lower case letter or an asterisk");
	while (is_key_char(peek(fields)))
		step(fields);
	*key = since(fields, from);
	return true;
}

/* --- bare items (section 4.2.3.1) ------------------------------------------------ */

static size_t read_digits(struct fields *fields, int64_t *number, size_t most)
{
	size_t count = 0;

	while (is_digit(peek(fields)) && count <= most) {
		*number = *number * 10 + (peek(fields) - '0');
		step(fields);
		count++;
	}
	return count;
}

static bool read_fraction(struct fields *fields, struct field_value *value, size_t whole)
{
	size_t count;

	if (whole > 12)
		return broken(fields, "a decimal has at most 12 digits before its point");
	count = read_digits(fields, &value->number, 3);
	if (count < 1 || count > 3)
		return broken(fields, "a decimal has 1 to 3 digits behind its point");
	if (count > 1 && value->number % 10 == 0)
		fields->loose = true;
	for (; count < 3; count++)
		value->number *= 10;
	value->kind = FIELD_DECIMAL;
	return true;
}

static bool read_number(struct fields *fields, struct field_value *value)
{
	bool minus = take(fields, '-'), zero = peek(fields) == '0';
	size_t count;

	*value = (struct field_value){ .kind = FIELD_INTEGER };
	count = read_digits(fields, &value->number, 15);
	if (count == 0)
		return broken(fields, "a number needs a digit");
	if (count > 15)
		return broken(fields, "an integer has at most 15 digits");
	if (zero && count > 1)
		fields->loose = true;
	if (take(fields, '.') && !read_fraction(fields, value, count))
		return false;
	if (minus && value->number == 0)
		fields->loose = true;
	if (minus)
		value->number = -value->number;
	return true;
}

static bool read_string(struct fields *fields, struct field_value *value)
{
	struct str from;

	step(fields);
	from = fields->rest;
	*value = (struct field_value){ .kind = FIELD_STRING };
	for (;;) {
		char c = peek(fields);

		if (!fields->rest.len)
			return broken(fields, "a string has no closing quote");
		if (c < 0x20 || c > 0x7e)
			return broken(fields, "a string holds printable ASCII alone");
		if (c == '"')
			break;
		step(fields);
		if (c == '\\' && !take(fields, '"') && !take(fields, '\\'))
			return broken(fields, "only a quote or a backslash can be escaped");
	}
	value->text = since(fields, from);
	step(fields);
	return true;
}

static bool is_token_char(char c)
{
	/* RFC 9110's tchar, a colon and a slash. */
	return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~:/", c));
}

static bool read_token(struct fields *fields, struct field_value *value)
{
	struct str from = fields->rest;

	while (is_token_char(peek(fields)))
		step(fields);
	*value = (struct field_value){ .kind = FIELD_TOKEN, .text = since(fields, from) };
	return true;
}

static bool is_base64_char(char c)
{
	return is_alpha(c) || is_digit(c) || c == '+' || c == '/';
}

static bool read_bytes(struct fields *fields, struct field_value *value)
{
	struct str from;
	size_t pads = 0;

	step(fields);
	from = fields->rest;
	while (is_base64_char(peek(fields)))
		step(fields);
	while (take(fields, '='))
		pads++;
	*value = (struct field_value){ .kind = FIELD_BYTES, .text = since(fields, from) };
	if (peek(fields) != ':')
		return broken(fields, "a byte sequence is base64 between colons");
	if (value->text.len % 4 != 0 || pads > 2)
		return broken(fields, "base64 comes in groups of four characters");
	step(fields);
	return true;
}

static bool read_boolean(struct fields *fields, struct field_value *value)
{
	step(fields);
	*value = (struct field_value){ .kind = FIELD_BOOLEAN, .number = peek(fields) == '1' };
	if (!take(fields, '0') && !take(fields, '1'))
		return broken(fields, "a boolean is ?0 or ?1");
	return true;
}

static bool read_date(struct fields *fields, struct field_value *value)
{
	step(fields);
	if (peek(fields) != '-' && !is_digit(peek(fields)))
		return broken(fields, "a date is an integer behind an at sign");
	if (!read_number(fields, value))
		return false;
	if (value->kind != FIELD_INTEGER)
		return broken(fields, "a date is an integer behind an at sign");
	value->kind = FIELD_DATE;
	return true;
}

static bool read_bare(struct fields *fields, struct field_value *value)
{
	char c = peek(fields);

	if (c == '-' || is_digit(c))
		return read_number(fields, value);
	if (is_alpha(c) || c == '*')
		return read_token(fields, value);
	switch (c) {
	case '"':
		return read_string(fields, value);
	case ':':
		return read_bytes(fields, value);
	case '?':
		return read_boolean(fields, value);
	case '@':
		return read_date(fields, value);
	case '%':
		return broken(fields, "display strings are not taken here");
	default:
		return broken(fields, "there is no value");
	}
}

/* --- dictionaries, inner lists, parameters (section 4.2) -------------------------- */

static void skip_optional_space(struct fields *fields)
{
	while (take(fields, ' ') || take(fields, '\t'))
		;
}

/* The comma before all members but the first. False at the end, too. */
static bool next_member(struct fields *fields)
{
	skip_optional_space(fields);
	if (!fields->rest.len)
		return false;
	if (!take(fields, ','))
		return broken(fields, "members are parted by commas");
	skip_optional_space(fields);
	if (!fields->rest.len)
		return broken(fields, "nothing follows the last comma");
	return true;
}

bool fields_member(struct fields *fields, struct str *key)
{
	bool first = fields->first;

	if (fields->broken)
		return false;
	fields->first = false;
	if (first ? !fields->rest.len : !next_member(fields))
		return false;
	return read_key(fields, key);
}

bool fields_value(struct fields *fields, struct field_value *value)
{
	*value = (struct field_value){ .kind = FIELD_BOOLEAN, .number = 1 };
	if (fields->broken)
		return false;
	if (!take(fields, '='))
		return true;
	if (take(fields, '(')) {
		value->kind = FIELD_LIST;
		return true;
	}
	return read_bare(fields, value);
}

/* Looks back at the byte before: no item and no parameter ends with "(". */
bool fields_item(struct fields *fields, struct field_value *value)
{
	size_t spaces;
	bool opened;

	if (fields->broken)
		return false;
	opened = fields->rest.at[-1] == '(';
	spaces = skip_spaces(fields);
	if (take(fields, ')')) {
		fields->loose |= spaces != 0;
		return false;
	}
	if (!fields->rest.len)
		return broken(fields, "a list has no closing parenthesis");
	if (!opened && spaces == 0)
		return broken(fields, "items are parted by spaces");
	fields->loose |= spaces != (opened ? 0 : 1);
	return read_bare(fields, value);
}

bool fields_parameter(struct fields *fields, struct str *key, struct field_value *value)
{
	if (fields->broken || !take(fields, ';'))
		return false;
	fields->loose |= skip_spaces(fields) != 0;
	if (!read_key(fields, key))
		return false;
	*value = (struct field_value){ .kind = FIELD_BOOLEAN, .number = 1 };
	if (!take(fields, '='))
		return true;
	if (!read_bare(fields, value))
		return false;
	fields->loose |= value->kind == FIELD_BOOLEAN && value->number == 1;
	return true;
}

void fields_skip_parameters(struct fields *fields)
{
	struct field_value value;
	struct str key;

	while (fields_parameter(fields, &key, &value))
		;
}

void fields_skip_list(struct fields *fields)
{
	struct field_value value;

	while (fields_item(fields, &value))
		fields_skip_parameters(fields);
}
