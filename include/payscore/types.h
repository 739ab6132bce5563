/*
 * The values that cross the library's border. Plain structs, no machinery.
 *
 * Units: money is int64_t fen (1/100 CNY); times are int64_t milliseconds since 1970-01-01 UTC.
 * The platform's own time formats (Asia/Shanghai) exist only in the bytes of messages.
 */
#ifndef PAYSCORE_TYPES_H
#define PAYSCORE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
#define PAYSCORE_LINKAGE extern "C" /* The functions of a C library, whoever includes it. */
#else
#define PAYSCORE_LINKAGE
#endif

#if defined(__GNUC__)
#define PAYSCORE_API      PAYSCORE_LINKAGE __attribute__((visibility("default")))
#define PAYSCORE_MUST_USE __attribute__((warn_unused_result))
#else
#define PAYSCORE_API PAYSCORE_LINKAGE
#define PAYSCORE_MUST_USE
#endif

/** Bytes with a length. Not NUL-terminated; borrowed unless a function says otherwise. */
struct payscore_text {
    const char *data;
    size_t size;
};

/** A message for a person: the thing, its value and the remedy. Always NUL-terminated. */
struct payscore_error {
    char text[512];
};

/** A string literal as a text. */
#if defined(__cplusplus)
#define PAYSCORE_TEXT(literal) (payscore_text{(literal), sizeof(literal) - 1})
#else
#define PAYSCORE_TEXT(literal) ((struct payscore_text){(literal), sizeof(literal) - 1})
#endif

/**
 * A record's place in the store. Order of keys is order of birth within a home, so that what is
 * alive at the same time lies together.
 */
struct payscore_id {
    uint64_t birth_ms;
    uint32_t counter;
    uint16_t home;
    uint16_t zero; /* Always 0. */
};

/** What became of one input. */
enum payscore_verdict {
    PAYSCORE_VERDICT_NONE = 0,
    PAYSCORE_TAKEN = 1,     /* A row of the chart was taken; the move is durable. */
    PAYSCORE_IGNORED = 2,   /* Known already, or stale; nothing moved. */
    PAYSCORE_REFUSED = 3,   /* Out of place or against a rule; nothing moved. */
    PAYSCORE_DUPLICATE = 4, /* The same command as before; the first receipt is repeated. */
    PAYSCORE_STRAY = 5,     /* A verified notice about a number that the store does not know. */
};

/** Who brought an input. Stored in the journal: numbers are never reused. */
enum payscore_carrier {
    PAYSCORE_CARRIER_NONE = 0,
    PAYSCORE_CARRIER_COMMAND = 1, /* The merchant. */
    PAYSCORE_CARRIER_REPLY = 2,   /* The platform's reply to a call that changes something. */
    PAYSCORE_CARRIER_QUERY = 3,   /* The platform's reply to a question. */
    PAYSCORE_CARRIER_NOTICE = 4,  /* A verified notification. */
    PAYSCORE_CARRIER_TIME = 5,    /* A stored deadline. */
    PAYSCORE_CARRIER_TELL = 6,    /* Another record. */
};

/** The queues of work that is owed; each has its own share of the budget. Stored: never reuse. */
enum payscore_lane {
    PAYSCORE_LANE_NONE = 0,
    PAYSCORE_LANE_TELL = 1,   /* Another record is to be told; needs no call. */
    PAYSCORE_LANE_EFFECT = 2, /* A call that changes something at the platform. */
    PAYSCORE_LANE_ASK = 3,    /* A question that settles a doubt. */
    PAYSCORE_LANE_POLL = 4,   /* A slow look, in case a notification was lost. */
    PAYSCORE_LANE_WAKE = 5,   /* The record itself looks again; needs no call. */
};

#endif
