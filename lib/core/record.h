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
#include <stddef.h>

#include "payscore/types.h"

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "payscore stores its headers as little-endian structs; this host is not little-endian"
#endif

enum {
    PS_RECORD_LAYOUT = 2,       /* 1: without what stands behind transaction_id. */
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
    int64_t platform_ms; /* The platform's own time of what was seen last. */
    int64_t expires_ms;  /* Until when a handover (a token) is good; 0: none. */
    union {
        struct payscore_id asker; /* authorization: the record that waits for our answer. */
        struct {
            int64_t risk_fen;   /* service_order: the risk fund's amount. */
            int64_t wanted_fen; /* service_order: what a modify under way asks for. */
        };
    };
    struct payscore_id told_by; /* The last teller, and its version: a repeat is dropped. */
    uint64_t told_version;
    uint8_t birth_content[PS_DIGEST_SHORT]; /* Of the command that made this record. */
    struct ps_receipt receipts[PS_RECEIPTS];
    uint8_t number_size;
    uint8_t openid_size;
    uint8_t transaction_id_size;
    uint8_t paid_type; /* enum ps_paid_type of what was booked. */
    uint8_t spare[2];
    uint16_t revision; /* Of the chart that moved it last; 0: the first. */
    char number[PS_NUMBER_MAX];
    char openid[PS_OPENID_MAX];
    char transaction_id[PS_TRANSACTION_ID_MAX];
    int64_t start_ms; /* service_order: the service's start as the create gave it; 0: not known. */
    uint32_t orders;  /* authorization: orders of this user that may be alive. */
    uint32_t marks;   /* enum ps_record_mark. No step looks at them: they are the engine's. */
};

_Static_assert(sizeof(struct ps_record) <= 512, "a header is at most 512 bytes");
_Static_assert(sizeof(struct ps_record) % 8 == 0, "no padding hides at the end of a header");

enum { PS_RECORD_SIZE_OF_LAYOUT_1 = offsetof(struct ps_record, start_ms) };
_Static_assert(PS_RECORD_SIZE_OF_LAYOUT_1 == 496, "stored headers of layout 1 have this size");

enum ps_record_flag {
    PS_FLAG_TOTAL_SEEN = 1, /* total_fen was read from the platform. */
    PS_FLAG_DONE_SEEN = 2,  /* The platform was seen to be DONE with it. */
    PS_FLAG_ASKED = 4,      /* asked_fen stands. */
    PS_FLAG_CONFIRM = 8,    /* need_user_confirm: the user confirms the order. */
    PS_FLAG_SEEN = 16,      /* The platform was seen to have this order. */
    PS_FLAG_DOUBTED = 32,   /* A call with an amount is in doubt and may still take effect. */
    PS_FLAG_COUNTED = 64,   /* The user's authorization counts this order as open. */
    PS_FLAG_WANTED = 128,   /* wanted_fen stands. */
    PS_FLAG_TERMS = 256,    /* The flags below say what the create gave. */
    PS_FLAG_EXEMPT = 512,   /* 先免: the risk fund bounds the amount (reference 2.5, 2.6). */
    PS_FLAG_BY_DAY = 1024,  /* start_time was yyyyMMdd. */
    PS_FLAG_ON_ACCEPT = 2048,
    PS_FLAG_END_GIVEN = 4096,
    PS_FLAG_PLACE_GIVEN = 8192,     /* start_location was given. */
    PS_FLAG_SYNCED = 16384,         /* A sync of ours ended it. */
    PS_FLAG_PAID_ELSEWHERE = 32768, /* The merchant said that the user paid by another way. */
};

enum ps_record_mark {
    /* Restored from a backup: the platform is asked before anything else leaves. */
    PS_MARK_ASKS_FIRST = 1,
    /* The bits above it count the questions about that which brought nothing. */
    PS_MARK_FAILED_SHIFT = 8,
};

/** Those of the flags that a create's command says. */
enum {
    PS_FLAGS_OF_TERMS = PS_FLAG_CONFIRM | PS_FLAG_TERMS | PS_FLAG_EXEMPT | PS_FLAG_BY_DAY |
                        PS_FLAG_ON_ACCEPT | PS_FLAG_END_GIVEN | PS_FLAG_PLACE_GIVEN
};

#endif
