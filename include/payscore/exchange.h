/*
 * HTTP as the library sees it: bytes in, bytes out, no sockets. An embedder with an HTTP stack of
 * its own fills these from it.
 */
#ifndef PAYSCORE_EXCHANGE_H
#define PAYSCORE_EXCHANGE_H

#include "payscore/types.h"

enum {
    PAYSCORE_REPLY_BODY_MAX = 1048576, /* A larger reply is not read: its outcome is unknown. */
    PAYSCORE_NOTICE_BODY_MAX = 65536,  /* A larger notification is refused unread. */
    PAYSCORE_HEADERS_MAX = 32,
};

/** One header; names are compared without case. */
struct payscore_header {
    struct payscore_text name, value;
};

/** How a call ended as far as the network goes. */
enum payscore_delivery {
    PAYSCORE_ANSWERED = 1, /* A whole HTTP response came. */
    PAYSCORE_NOT_SENT = 2, /* No byte of the request can have left (no connection). */
    PAYSCORE_LOST = 3,     /* It may have arrived: time-out, reset, a broken response. */
    PAYSCORE_TLS = 4,      /* The peer could not prove who it is: no byte of the request left. */
};

/**
 * What came back from one call. Borrowed for the time of the call it is handed to. Of the headers
 * those are looked at that begin with Wechatpay-, Request-ID and Date; others may be left out.
 */
struct payscore_exchange {
    enum payscore_delivery delivery;
    int status; /* ANSWERED: the HTTP status. */
    struct payscore_header headers[PAYSCORE_HEADERS_MAX];
    size_t header_count;
    struct payscore_text body;
};

/** A notification as it came: of its headers those that begin with Wechatpay-, and the body. */
struct payscore_notice {
    struct payscore_header headers[PAYSCORE_HEADERS_MAX];
    size_t header_count;
    struct payscore_text body;
};

#endif
