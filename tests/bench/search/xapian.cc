#include <cstdio>
#include <cstdlib>

#include <xapian.h>

#include "xapian.h"

struct bench_xapian {
	Xapian::WritableDatabase db;
	Xapian::TermGenerator words;
	Xapian::QueryParser parser;
};

struct bench_xapian *bench_xapian_open(const char *path)
{
	try {
		auto *it = new bench_xapian;

		it->db = Xapian::WritableDatabase(path, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
		it->words.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
		it->parser.set_default_op(Xapian::Query::OP_AND);
		return it;
	} catch (const Xapian::Error &error) {
		fprintf(stderr, "xapian: %s\n", error.get_description().c_str());
		return nullptr;
	}
}

void bench_xapian_add(struct bench_xapian *it, const char *text)
{
	Xapian::Document document;

	it->words.set_document(document);
	it->words.index_text(text);
	it->db.add_document(document);
}

void bench_xapian_added(struct bench_xapian *it)
{
	it->db.commit();
	it->parser.set_database(it->db);
}

unsigned bench_xapian_ask(struct bench_xapian *it, const char *query)
{
	Xapian::Enquire enquire(it->db);
	unsigned last = 0;

	enquire.set_query(it->parser.parse_query(query, Xapian::QueryParser::FLAG_PHRASE |
								Xapian::QueryParser::FLAG_CJK_NGRAM));
	Xapian::MSet found = enquire.get_mset(0, 20);
	for (auto hit = found.begin(); hit != found.end(); ++hit)
		last ^= *hit; /* as the others: each is looked at */
	return found.get_matches_estimated() + (last & 0);
}

void bench_xapian_close(struct bench_xapian *it)
{
	delete it;
}
