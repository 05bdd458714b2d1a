#include <communique/sitemap.h>

#include <stdarg.h>

#include "xml.h"

#define NAMESPACE "http://www.sitemaps.org/schemas/sitemap/0.9"

static void add_url(struct buf *out, const struct site *site, struct str language,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* <loc> of what follows /{language}/. */
static void add_url(struct buf *out, const struct site *site, struct str language,
		    const char *format, ...)
{
	char rest[256];
	va_list values;

	va_start(values, format);
	vsnprintf(rest, sizeof(rest), format, values);
	va_end(values);
	buf_add(out, STR("<loc>"));
	xml_add_text(out, site->url);
	buf_add_char(out, '/');
	xml_add_text(out, language);
	buf_add_char(out, '/');
	xml_add_text(out, str_from(rest));
	buf_add(out, STR("</loc>\n"));
}

bool sitemap_index(const struct site *site, const struct sitemap_part *parts, size_t count,
		   struct buf *out, struct fault *why)
{
	buf_add(out, STR(XML_BEGIN "<sitemapindex xmlns=\"" NAMESPACE "\">\n"));
	for (size_t i = 0; i < count; i++) {
		const struct sitemap_part *part = &parts[i];
		struct str language = site->languages[part->language];

		buf_add(out, STR("<sitemap>\n"));
		if (part->month == 0)
			add_url(out, site, language, "sitemap.xml");
		else if (part->number < 2)
			add_url(out, site, language, "sitemap-%04u-%02u.xml", part->month / 100,
				part->month % 100);
		else
			add_url(out, site, language, "sitemap-%04u-%02u-%llu.xml",
				part->month / 100, part->month % 100,
				(unsigned long long)part->number);
		buf_add(out, STR("</sitemap>\n"));
	}
	buf_add(out, STR("</sitemapindex>\n"));
	return buf_check(out, why);
}

static void begin_urls(struct buf *out)
{
	buf_add(out, STR(XML_BEGIN "<urlset xmlns=\"" NAMESPACE "\" "
				   "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n"));
}

/* In every language, this one too, as hreflang asks for. */
static void add_alternates(struct buf *out, const struct site *site, const struct str *languages,
			   size_t count, struct str rest)
{
	for (size_t i = 0; count > 1 && i < count; i++) {
		buf_add(out, STR("<xhtml:link rel=\"alternate\" hreflang=\""));
		xml_add_text(out, languages[i]);
		buf_add(out, STR("\" href=\""));
		xml_add_text(out, site->url);
		buf_add_char(out, '/');
		xml_add_text(out, languages[i]);
		buf_add_char(out, '/');
		xml_add_text(out, rest);
		buf_add(out, STR("\"/>\n"));
	}
}

bool sitemap_pages(const struct site *site, size_t language, struct buf *out, struct fault *why)
{
	static const char *const pages[] = { "", "releases/", "topics/", "archive/" };

	begin_urls(out);
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		buf_add(out, STR("<url>\n"));
		add_url(out, site, site->languages[language], "%s", pages[i]);
		add_alternates(out, site, site->languages, site->language_count,
			       str_from(pages[i]));
		buf_add(out, STR("</url>\n"));
	}
	buf_add(out, STR("</urlset>\n"));
	return buf_check(out, why);
}

static void add_release(struct buf *out, const struct site *site, const struct sitemap_entry *entry)
{
	struct buf rest;

	buf_init(&rest, 256);
	buf_addf(&rest, "releases/%.*s", STR_ARG(entry->slug));
	buf_add(out, STR("<url>\n"));
	add_url(out, site, site->languages[entry->language], "%.*s", STR_ARG(buf_str(&rest)));
	xml_add_moment(out, "lastmod", entry->updated_at);
	add_alternates(out, site, entry->languages, entry->language_count, buf_str(&rest));
	buf_add(out, STR("</url>\n"));
	buf_release(&rest);
}

bool sitemap_month(const struct site *site, const struct sitemap_part *part,
		   const struct sitemap_entry *entries, size_t count, struct buf *out,
		   struct fault *why)
{
	begin_urls(out);
	if (part->number < 2) {
		buf_add(out, STR("<url>\n"));
		add_url(out, site, site->languages[part->language], "archive/%04u/%02u/",
			part->month / 100, part->month % 100);
		buf_add(out, STR("</url>\n"));
	}
	for (size_t i = 0; i < count; i++)
		add_release(out, site, &entries[i]);
	buf_add(out, STR("</urlset>\n"));
	return buf_check(out, why);
}

/* ISO 639: Chinese alone is told by its script. */
static struct str news_language(struct str tag)
{
	if (str_starts(tag, STR("zh")))
		return str_find_str(tag, STR("Hant")) < tag.len ||
				       str_find_str(tag, STR("TW")) < tag.len
			       ? STR("zh-tw")
			       : STR("zh-cn");
	return str_first(tag, str_find(tag, '-'));
}

bool sitemap_news(const struct site *site, const struct sitemap_entry *entries, size_t count,
		  struct buf *out, struct fault *why)
{
	buf_add(out, STR(XML_BEGIN "<urlset xmlns=\"" NAMESPACE "\" xmlns:news=\""
				   "http://www.google.com/schemas/sitemap-news/0.9\">\n"));
	for (size_t i = 0; i < count; i++) {
		const struct sitemap_entry *entry = &entries[i];

		buf_add(out, STR("<url>\n"));
		add_url(out, site, site->languages[entry->language], "releases/%.*s",
			STR_ARG(entry->slug));
		buf_add(out, STR("<news:news>\n<news:publication>\n"));
		xml_add_element(out, "news:name", site->of[entry->language].title);
		xml_add_element(out, "news:language",
				news_language(site->languages[entry->language]));
		buf_add(out, STR("</news:publication>\n"));
		xml_add_moment(out, "news:publication_date", entry->published_at);
		xml_add_element(out, "news:title", entry->title);
		buf_add(out, STR("</news:news>\n</url>\n"));
	}
	buf_add(out, STR("</urlset>\n"));
	return buf_check(out, why);
}
