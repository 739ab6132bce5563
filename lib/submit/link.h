/*
 * One connection to a store's driver, and the commands that travel over it. Nothing here waits: the
 * caller polls the descriptor. One thread at a time.
 */
#ifndef PS_SUBMIT_LINK_H
#define PS_SUBMIT_LINK_H

#include "submit/frame.h"
#include "submit/place.h"

/** A command on its way, as its frame. */
struct ps_parcel {
    struct ps_parcel *next;
    bool sent;     /* Over the present connection. */
    bool risked;   /* It was sent once, and the connection ended before its answer came. */
    bool answered; /* `result` holds. */
    uint64_t request;
    struct payscore_result result;
    size_t size;
    uint8_t *frame;
};

struct ps_parcels {
    struct ps_parcel *first, **last;
};

struct ps_link {
    int fd; /* -1: closed. */
    bool greeted;
    uint64_t requests;         /* Numbers given so far. */
    struct ps_parcels out;     /* Without an answer, oldest first. */
    struct ps_parcel *unsent;  /* The first of them that was not sent; NULL: all were. */
    struct ps_parcels arrived; /* With their answer; the caller takes them. */
};

void ps_parcels_clear(struct ps_parcels *parcels);
void ps_parcels_add(struct ps_parcels *parcels, struct ps_parcel *parcel);
/** Take the first; NULL: there is none. */
struct ps_parcel *ps_parcels_take(struct ps_parcels *parcels);

/** A closed link. */
void ps_link_init(struct ps_link *link);

/**
 * Connect to the driver of the store in `path`.
 *
 * Errors  E_NOT_FOUND (nobody listens there), E_BUSY (too many wait to be let in), E_IO, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_link_open(struct ps_link *link, const char *path);

/** Send this over it, behind what is on its way. */
void ps_link_add(struct ps_link *link, struct ps_parcel *parcel);

/** What to poll its descriptor for. */
short ps_link_wants(const struct ps_link *link);

/**
 * Send and receive what can be without waiting. Nothing is sent before the driver has greeted.
 *
 * Errors  E_BUSY (the connection has ended), E_PROCESS (the driver lives in another place than
 *         `here`), E_VERSION (it speaks another version), E_IO (it makes no sense). The link is to
 *         be closed then.
 */
PAYSCORE_MUST_USE enum payscore_status ps_link_pump(struct ps_link *link,
                                                    const struct ps_place *here);

/** Close; what had no answer goes back into `back`, in order: what was sent is risked now. */
void ps_link_close(struct ps_link *link, struct ps_parcels *back);

#endif
