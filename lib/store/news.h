/*
 * News of commits, for every process of the host. Whoever commits new entries writes their number
 * into the file `feed` of the store; whoever waits has a descriptor that polls readable then. A
 * store in memory tells the threads of its process in the same way. News say that something may be
 * there, never what: whoever is told reads the store.
 */
#ifndef PS_STORE_NEWS_H
#define PS_STORE_NEWS_H

#include "store/store.h"

/** One who waits. */
struct ps_news;

/**
 * Wait for news of a store, whichever process commits.
 *
 * Errors     E_IO (the system has no inotify instance or watch left, or no /proc), E_MEMORY.
 * Ownership  The caller closes *news, before it closes the store.
 * Thread     Any, any number at once.
 */
PAYSCORE_MUST_USE enum payscore_status ps_news_open(struct ps_news **news, struct ps_store *store);

/** The descriptor to poll for reading; borrowed, never to be read from. */
int ps_news_descriptor(const struct ps_news *news);

/**
 * Make it quiet. What is committed after this call makes it readable again; so drain first, read
 * the store after. Finds its file again where that was removed, or made only now.
 *
 * Thread     Any; one at a time for the same news.
 */
void ps_news_drain(struct ps_news *news);

/** Close; NULL is allowed. */
void ps_news_close(struct ps_news *news);

#endif
