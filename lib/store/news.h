/*
 * News of commits, whichever process makes them: who commits writes the file `feed` beside the
 * store, who waits watches it.
 */
#ifndef PS_STORE_NEWS_H
#define PS_STORE_NEWS_H

#include "store/store.h"

struct ps_news;

/** Look out from here on. Errors: E_ARGUMENT (a store in memory), E_IO, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_news_open(struct ps_store *store, struct ps_news **news);

/** Polls readable when there may be news. */
int ps_news_descriptor(const struct ps_news *news);

/** What came so far is known: the descriptor is quiet again. */
void ps_news_drain(struct ps_news *news);

/** NULL is allowed. */
void ps_news_close(struct ps_news *news);

#endif
