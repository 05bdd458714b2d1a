/* What is known of languages, with or without a message file: their own names, and
 * which of them are written from right to left. */
#include <communique/locale.h>

static const struct {
	const char *tag, *name;
	bool rtl;
} LANGUAGES[] = {
	{ "am", "አማርኛ", false },
	{ "ar", "العربية", true },
	{ "az", "Azərbaycanca", false },
	{ "bg", "Български", false },
	{ "bn", "বাংলা", false },
	{ "ckb", "کوردی", true },
	{ "cs", "Čeština", false },
	{ "da", "Dansk", false },
	{ "de", "Deutsch", false },
	{ "dv", "ދިވެހި", true },
	{ "el", "Ελληνικά", false },
	{ "en", "English", false },
	{ "es", "Español", false },
	{ "et", "Eesti", false },
	{ "fa", "فارسی", true },
	{ "fi", "Suomi", false },
	{ "fil", "Filipino", false },
	{ "fr", "Français", false },
	{ "ga", "Gaeilge", false },
	{ "he", "עברית", true },
	{ "hi", "हिन्दी", false },
	{ "hr", "Hrvatski", false },
	{ "hu", "Magyar", false },
	{ "hy", "Հայերեն", false },
	{ "id", "Bahasa Indonesia", false },
	{ "it", "Italiano", false },
	{ "ja", "日本語", false },
	{ "ka", "ქართული", false },
	{ "kk", "Қазақша", false },
	{ "km", "ខ្មែរ", false },
	{ "ko", "한국어", false },
	{ "ky", "Кыргызча", false },
	{ "lo", "ລາວ", false },
	{ "lt", "Lietuvių", false },
	{ "lv", "Latviešu", false },
	{ "mn", "Монгол", false },
	{ "ms", "Bahasa Melayu", false },
	{ "mt", "Malti", false },
	{ "my", "မြန်မာ", false },
	{ "nb", "Norsk bokmål", false },
	{ "ne", "नेपाली", false },
	{ "nl", "Nederlands", false },
	{ "no", "Norsk", false },
	{ "pl", "Polski", false },
	{ "ps", "پښتو", true },
	{ "pt", "Português", false },
	{ "ro", "Română", false },
	{ "ru", "Русский", false },
	{ "sd", "سنڌي", true },
	{ "sk", "Slovenčina", false },
	{ "sl", "Slovenščina", false },
	{ "sr", "Српски", false },
	{ "sv", "Svenska", false },
	{ "sw", "Kiswahili", false },
	{ "ta", "தமிழ்", false },
	{ "tg", "Тоҷикӣ", false },
	{ "th", "ไทย", false },
	{ "tk", "Türkmençe", false },
	{ "tr", "Türkçe", false },
	{ "ug", "ئۇيغۇرچە", true },
	{ "uk", "Українська", false },
	{ "ur", "اردو", true },
	{ "uz", "Oʻzbekcha", false },
	{ "vi", "Tiếng Việt", false },
	{ "yi", "ייִדיש", true },
	{ "zh", "中文", false },
	{ "zh-hans", "简体中文", false },
	{ "zh-hant", "繁體中文", false },
	{ "zh-cn", "简体中文", false },
	{ "zh-tw", "繁體中文", false },
};
#define LANGUAGE_COUNT (sizeof(LANGUAGES) / sizeof(*LANGUAGES))

static size_t find(struct str tag)
{
	for (size_t i = 0; i < LANGUAGE_COUNT; i++)
		if (str_equal_nocase(str_from(LANGUAGES[i].tag), tag))
			return i;
	return LANGUAGE_COUNT;
}

/* A script of four letters decides, wherever the language is usually written otherwise:
 * az-Arab, ku-Latn, uz-Arab-AF (BCP 47, section 2.2.3). */
static bool script_of(struct str tag, struct str *out)
{
	struct str rest = tag;

	str_cut(&rest, '-');
	while (str_given(rest)) {
		struct str part = str_cut(&rest, '-');

		if (part.len == 1)
			return false;
		if (part.len == 4 && !is_digit(part.at[0])) {
			*out = part;
			return true;
		}
	}
	return false;
}

bool language_is_rtl(struct str tag)
{
	static const char *const scripts[] = { "arab", "aran", "hebr", "syrc", "thaa",
					       "nkoo", "adlm", "rohg", "samr", "mand" };
	struct str script, rest = tag;
	size_t n;

	if (script_of(tag, &script)) {
		for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
			if (str_equal_nocase(script, str_from(scripts[i])))
				return true;
		return false;
	}
	n = find(str_cut(&rest, '-'));
	return n < LANGUAGE_COUNT && LANGUAGES[n].rtl;
}

/* The name of the longest part of the tag that has one: zh-Hant-HK is zh-Hant. */
struct str language_name(struct str tag)
{
	struct str part = tag;

	while (part.len) {
		size_t n = find(part);

		if (n < LANGUAGE_COUNT)
			return str_from(LANGUAGES[n].name);
		while (part.len && part.at[--part.len] != '-')
			continue;
	}
	return tag;
}
