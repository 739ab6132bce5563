/*
 * The header of a record: everything that a step may look at, in one value of fixed size that is
 * stored as it stands. The store keeps it in the host's byte order; payscore runs on little-endian
 * hosts only, so that a store can be copied between them.
 *
 * Fields are appended into `spare`, never moved: `layout` says which of them a stored header has.
 */
#ifndef PS_CORE_RECORD_H
#define PS_CORE_RECORD_H

#include <assert.h>

#include "payscore/types.h"

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "payscore stores its headers as little-endian structs; this host is not little-endian"
#endif

enum {
    PS_RECORD_LAYOUT = 1,
    PS_NUMBER_MAX = 32,         /* out_order_no, authorization_code (reference 2.1). */
    PS_OPENID_MAX = 128,        /* reference 2.1. */
    PS_TRANSACTION_ID_MAX = 32, /* 28 digits in practice. */
    PS_RECEIPTS = 2,            /* One command is open per record: the last and the one before. */
    PS_DIGEST_SHORT = 16,       /* 128 bits of SHA-256: enough against accidental equality. */
};

/** The answer that a repeated command gets. */
struct ps_receipt {
    uint8_t key[PS_DIGEST_SHORT];     /* Of the caller's key; all zero: an empty place. */
    uint8_t content[PS_DIGEST_SHORT]; /* Of what was asked. */
    uint64_t entry;
    uint16_t row;
    uint16_t state; /* The state that the move ended in. */
    uint32_t zero;
};

struct ps_record {
    uint32_t layout;
    uint16_t chart;
    uint16_t state;
    struct payscore_id id;
    uint64_t version;  /* Moves so far; a question that began at another version is stale. */
    uint32_t merchant; /* Interned mchid. */
    uint32_t service;  /* Interned (mchid, appid, service_id). */
    uint32_t effects;  /* Effects of ours that the platform was seen to have accepted. */
    uint16_t attempts; /* Answered attempts of the open call. */
    uint16_t doubts;   /* Those among them whose outcome stayed unknown. */
    int64_t since_ms;  /* When the state was entered. */
    int64_t due_at_ms; /* When what the state owes is due; 0: nothing is. */
    uint8_t due_lane;  /* enum payscore_lane. */
    uint8_t call;      /* The open call, whose bytes stand in the evidence of call_entry. */
    uint16_t hold;     /* Why our effects wait for a person; 0: they do not. */
    uint16_t reason;   /* Why the last command was refused; 0: it was not. */
    uint16_t flags;
    uint64_t first_entry;
    uint64_t last_entry;
    uint64_t call_entry;
    int64_t held_since_ms;
    int64_t asked_fen; /* What the open or last accepted complete asks for. */
    int64_t total_fen; /* What the platform was last seen to hold. */
    int64_t paid_fen;
    int64_t platform_ms;        /* The platform's own time of what was seen last. */
    int64_t expires_ms;         /* Until when a handover (a token) is good; 0: none. */
    struct payscore_id asker;   /* The record that waits for our answer. */
    struct payscore_id told_by; /* The last teller, and its version: a repeat is dropped. */
    uint64_t told_version;
    uint8_t birth_content[PS_DIGEST_SHORT]; /* Of the command that made this record. */
    struct ps_receipt receipts[PS_RECEIPTS];
    uint8_t number_size;
    uint8_t openid_size;
    uint8_t transaction_id_size;
    uint8_t spare[5];
    char number[PS_NUMBER_MAX];
    char openid[PS_OPENID_MAX];
    char transaction_id[PS_TRANSACTION_ID_MAX];
};

_Static_assert(sizeof(struct ps_record) <= 512, "a header is at most 512 bytes");
_Static_assert(sizeof(struct ps_record) % 8 == 0, "no padding hides at the end of a header");

enum ps_record_flag {
    PS_FLAG_TOTAL_SEEN = 1, /* total_fen was read from the platform. */
    PS_FLAG_DONE_SEEN = 2,  /* The platform was seen to be DONE with it. */
    PS_FLAG_ASKED = 4,      /* asked_fen stands. */
};

#endif
