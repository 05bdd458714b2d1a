/*
 * embed - turns message files and theme files into C, while building.
 *
 *	embed messages OUT.c en.messages ko.messages …
 *	embed theme OUT.c home.mustache site.css …
 *	embed desk OUT.c index.html main.js …
 *	embed schema OUT.c board.json …
 *
 * A message file has `key = text` lines, `#` comments and empty lines. en.messages
 * says which keys there are (without it, the first file does): a key that is
 * missing, unknown or there twice, or a text with other blanks (%1 … %9), stops the build with
 * the file and the line.
 *
 * A theme file becomes its bytes, its type and its address; the address carries a
 * hash of the bytes, so that a file can be cached for ever and a changed one is a
 * new one. FNV-1a will do: nobody gains from a collision with his own theme.
 *
 * It runs on the building machine, before anything of ours is compiled, so it uses
 * nothing of base. src/locale/messages.h and src/render/theme.h declare what it writes.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 64
#define KEYS_MAX 1024
#define FILE_MAX (512 * 1024)

struct message {
	char *key, *text;
	unsigned line;
};

struct input {
	const char *path, *name; /* name: the path without its folders */
	unsigned char *bytes;	 /* with a NUL behind */
	size_t len;
	struct message messages[KEYS_MAX];
	size_t count;
	unsigned lines;
};

static unsigned errors;

__attribute__((format(printf, 3, 4))) static void complain(const char *path, unsigned line,
							   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s:%u: error: ", path, line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	errors++;
}

static void die(const char *what, const char *path)
{
	fprintf(stderr, "embed: cannot %s %s\n", what, path);
	exit(1);
}

static void *alloc(size_t size)
{
	void *at = calloc(1, size);

	if (!at)
		die("get memory for", "this");
	return at;
}

static struct input *input_read(const char *path)
{
	struct input *input = alloc(sizeof(*input));
	const char *slash = strrchr(path, '/');
	FILE *file = fopen(path, "rb");

	if (!file)
		die("open", path);
	input->path = path;
	input->name = slash ? slash + 1 : path;
	input->bytes = alloc(FILE_MAX + 1);
	input->len = fread(input->bytes, 1, FILE_MAX, file);
	if (ferror(file) || fgetc(file) != EOF)
		die("read all of", path);
	fclose(file);
	return input;
}

/* --- messages --------------------------------------------------------------- */

static const struct message *message_find(const struct input *input, const char *key)
{
	for (size_t i = 0; i < input->count; i++)
		if (!strcmp(input->messages[i].key, key))
			return &input->messages[i];
	return NULL;
}

static bool key_valid(const char *key)
{
	return *key && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(key);
}

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = 0;
	return text;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static void message_add(struct input *input, char *text, unsigned line)
{
	char *equals = strchr(text, '=');
	const struct message *before;

	text = trim(text);
	if (!*text || *text == '#')
		return;
	if (!equals) {
		complain(input->path, line, "expected `key = text`");
		return;
	}
	*equals = 0;
	text = trim(text);
	if (!key_valid(text))
		complain(input->path, line, "a key is made of a-z, 0-9 and -, not \"%s\"", text);
	else if (!*trim(equals + 1))
		complain(input->path, line, "\"%s\" has no text", text);
	else if (has_control(trim(equals + 1)))
		complain(input->path, line, "\"%s\" has a control character", text);
	else if ((before = message_find(input, text)))
		complain(input->path, line, "\"%s\" stands in line %u already", text, before->line);
	else if (input->count == KEYS_MAX)
		complain(input->path, line, "more than %d keys", KEYS_MAX);
	else
		input->messages[input->count++] = (struct message){ text, trim(equals + 1), line };
}

static void messages_parse(struct input *input)
{
	char *at = (char *)input->bytes;

	if (strlen(at) != input->len)
		complain(input->path, 1, "there is a NUL byte in it");
	while (at && *at) {
		char *end = strchr(at, '\n');

		if (end)
			*end = 0;
		message_add(input, at, ++input->lines);
		at = end ? end + 1 : NULL;
	}
}

/* Which blanks a text has. A month is written by its number or its name: %2 or %4 of `date`. */
static unsigned blanks(const struct message *message)
{
	unsigned set = 0;

	for (const char *at = message->text; (at = strchr(at, '%')); at++)
		if (at[1] >= '1' && at[1] <= '9')
			set |= 1u << (at[1] - '0');
	return !strcmp(message->key, "date") && set & 1u << 4 ? (set & ~(1u << 4)) | 1u << 2 : set;
}

static void message_compare(const struct input *model, const struct message *wanted,
			    const struct input *input)
{
	const struct message *message = message_find(input, wanted->key);

	if (!message)
		complain(input->path, input->lines, "\"%s\" is missing (it stands in %s:%u)",
			 wanted->key, model->path, wanted->line);
	else if (blanks(message) != blanks(wanted))
		complain(input->path, message->line, "\"%s\" has other blanks than in %s:%u: %s",
			 wanted->key, model->path, wanted->line, wanted->text);
}

static void messages_compare(const struct input *model, const struct input *input)
{
	for (size_t i = 0; i < model->count; i++)
		message_compare(model, &model->messages[i], input);
	for (size_t i = 0; i < input->count; i++)
		if (!message_find(model, input->messages[i].key))
			complain(input->path, input->messages[i].line,
				 "\"%s\" is unknown (%s has no such key)", input->messages[i].key,
				 model->path);
}

static int message_order(const void *a, const void *b)
{
	const struct message *first = a, *second = b;

	return strcmp(first->key, second->key);
}

/* Octal, as a hexadecimal escape would swallow the digits behind it. */
static void put_literal(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void messages_write(FILE *out, struct input **inputs, size_t count)
{
	fputs("#include \"locale/messages.h\"\n\n", out);
	fprintf(out, "const size_t messages_key_count = %zu;\n", inputs[0]->count);
	fputs("const char *const messages_keys[] = {\n", out);
	for (size_t i = 0; i < inputs[0]->count; i++)
		fprintf(out, "\t\"%s\",\n", inputs[0]->messages[i].key);
	fputs("};\n\n", out);
	for (size_t n = 0; n < count; n++) {
		fprintf(out, "static const struct str texts_%zu[] = {\n", n);
		for (size_t i = 0; i < inputs[n]->count; i++) {
			const char *text = inputs[n]->messages[i].text;

			fputs("\t{ ", out);
			put_literal(out, text);
			fprintf(out, ", %zu },\n", strlen(text));
		}
		fputs("};\n\n", out);
	}
	fprintf(out, "const size_t locales_count = %zu;\nconst struct locale locales[] = {\n",
		count);
	for (size_t n = 0; n < count; n++) {
		size_t len = strcspn(inputs[n]->name, ".");

		fprintf(out, "\t{ { \"%.*s\", %zu }, texts_%zu },\n", (int)len, inputs[n]->name,
			len, n);
	}
	fputs("};\n", out);
}

static void embed_messages(FILE *out, struct input **inputs, size_t count)
{
	const struct input *model = inputs[0];

	for (size_t n = 0; n < count; n++) {
		messages_parse(inputs[n]);
		if (!strcmp(inputs[n]->name, "en.messages"))
			model = inputs[n];
	}
	for (size_t n = 0; n < count && !errors; n++)
		messages_compare(model, inputs[n]);
	for (size_t n = 0; n < count; n++)
		qsort(inputs[n]->messages, inputs[n]->count, sizeof(struct message), message_order);
	if (!errors)
		messages_write(out, inputs, count);
}

/* --- theme ------------------------------------------------------------------- */

static const struct {
	const char *suffix, *type;
} TYPES[] = {
	{ ".mustache", "text/plain; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".html", "text/html; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".json", "application/schema+json" },
};

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(TYPES) / sizeof(*TYPES); i++)
		if (!strcmp(dot, TYPES[i].suffix))
			return TYPES[i].type;
	return NULL;
}

static uint64_t hash_of(const struct input *input)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < input->len; i++)
		hash = (hash ^ input->bytes[i]) * 0x100000001b3u;
	return hash;
}

/* A byte array: a string literal of more than 4095 bytes is not portable C. */
static void put_bytes(FILE *out, const struct input *input, size_t n)
{
	fprintf(out, "static const unsigned char bytes_%zu[] = {", n);
	for (size_t i = 0; i < input->len; i++)
		fprintf(out, "%s%u,", i % 24 ? "" : "\n\t", input->bytes[i]);
	fputs("\n\t0\n};\n", out);
}

static void put_file(FILE *out, const struct input *input, size_t n)
{
	const char *type = type_of(input->name), *dot = strrchr(input->name, '.');
	char address[256];
	int len = snprintf(address, sizeof(address), "/static/%.*s.%010llx%s",
			   (int)(dot - input->name), input->name,
			   (unsigned long long)(hash_of(input) & 0xffffffffffu), dot);

	fprintf(out, "\t{ \"%s\", { { \"%s\", %d }, { \"%s\", %zu },\n", input->name, address, len,
		type, strlen(type));
	fprintf(out, "\t  { (const char *)bytes_%zu, %zu } } },\n", n, input->len);
}

static void embed_files(FILE *out, const char *header, const char *word, struct input **inputs,
			size_t count)
{
	for (size_t n = 0; n < count; n++)
		if (!type_of(inputs[n]->name))
			complain(inputs[n]->path, 1, "no type is known for this name");
	if (errors)
		return;
	fprintf(out, "#include \"%s\"\n\n", header);
	for (size_t n = 0; n < count; n++)
		put_bytes(out, inputs[n], n);
	fprintf(out, "\nconst size_t %s_file_count = %zu;\n", word, count);
	fprintf(out, "const struct %s_file %s_files[] = {\n", word, word);
	for (size_t n = 0; n < count; n++)
		put_file(out, inputs[n], n);
	fputs("};\n", out);
}

int main(int argc, char **argv)
{
	struct input *inputs[FILES_MAX];
	size_t count = 0;
	const char *what = argc > 1 ? argv[1] : "";
	FILE *out;

	if (argc < 4 || argc - 3 > FILES_MAX ||
	    (strcmp(what, "messages") && strcmp(what, "theme") && strcmp(what, "desk") &&
	     strcmp(what, "schema"))) {
		fprintf(stderr, "usage: embed messages|theme|desk|schema OUT FILE…\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		inputs[count++] = input_read(argv[i]);
	out = fopen(argv[2], "w");
	if (!out)
		die("write", argv[2]);
	fputs("/* Made by src/build/embed.c. */\n", out);
	if (!strcmp(what, "messages"))
		embed_messages(out, inputs, count);
	else if (!strcmp(what, "theme"))
		embed_files(out, "render/theme.h", "theme", inputs, count);
	else if (!strcmp(what, "desk"))
		embed_files(out, "desk/files.h", "desk", inputs, count);
	else
		embed_files(out, "render/schema.h", "schema", inputs, count);
	if (fclose(out))
		die("write", argv[2]);
	if (errors)
		remove(argv[2]);
	return errors != 0;
}
