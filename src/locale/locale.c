#include <communique/locale.h>

#include "messages.h"

const struct locale *locale_find(struct str tag)
{
	for (size_t i = 0; i < locales_count; i++)
		if (str_equal_nocase(locales[i].tag, tag))
			return &locales[i];
	return NULL;
}

size_t locale_count(void)
{
	return locales_count;
}

const struct locale *locale_at(size_t n)
{
	must(n < locales_count);
	return &locales[n];
}

struct str locale_tag(const struct locale *locale)
{
	return locale->tag;
}

/* The place of a key in the sorted list, or the number of keys. */
static size_t key_find(struct str key)
{
	size_t low = 0, high = messages_key_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_compare(str_from(messages_keys[middle]), key);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return messages_key_count;
}

bool locale_has_message(struct str key)
{
	return key_find(key) < messages_key_count;
}

struct str locale_message(const struct locale *locale, const char *key)
{
	size_t n = key_find(str_from(key));

	must(n < messages_key_count);
	return locale->texts[n];
}

void locale_format(const struct locale *locale, const char *key, const struct str *values,
		   size_t count, struct buf *out)
{
	struct str text = locale_message(locale, key);

	for (size_t i = 0; i < text.len; i++) {
		char next = i + 1 < text.len ? text.at[i + 1] : 0;

		if (text.at[i] == '%' && next >= '1' && next <= '9') {
			size_t n = (size_t)(next - '1');

			if (n < count)
				buf_add(out, values[n]);
			i++;
		} else {
			buf_add_char(out, text.at[i]);
		}
	}
}

/* A language orders year, month and day by its own `date` message, in which %1 is
 * the year, %2 the month's number, %3 the day, and %4 the month's name. */
void locale_add_date(const struct locale *locale, struct date date, struct buf *out)
{
	char year[8], month[4], day[4], key[16];

	must(date.month >= 1 && date.month <= 12);
	snprintf(year, sizeof(year), "%u", (unsigned)date.year);
	snprintf(month, sizeof(month), "%u", (unsigned)date.month);
	snprintf(day, sizeof(day), "%u", (unsigned)date.day);
	snprintf(key, sizeof(key), "month-%u", (unsigned)date.month);
	locale_format(locale, "date",
		      (struct str[]){ str_from(year), str_from(month), str_from(day),
				      locale_message(locale, key) },
		      4, out);
}

void locale_add_number(const struct locale *locale, uint64_t n, struct buf *out)
{
	struct str separator = locale_message(locale, "thousands");
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_add(out, separator);
		buf_add_char(out, digits[i]);
	}
}
