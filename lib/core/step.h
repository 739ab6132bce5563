/*
 * One step of one record. Pure: no I/O, no clock, no allocation, no randomness. The old header is
 * never edited; the next one is computed beside it.
 */
#ifndef PS_CORE_STEP_H
#define PS_CORE_STEP_H

#include "core/chart.h"

enum { PS_TELLS_PER_STEP_MAX = 2 };

enum ps_paid_type { PS_PAID_NONE = 0, PS_PAID_NEWTON = 1, PS_PAID_MCH = 2, PS_PAID_OTHER = 3 };

/** What the platform was seen to hold, whichever carrier brought it. */
struct ps_view {
    bool has_total;
    bool has_paid;
    uint8_t paid_type;   /* enum ps_paid_type of the first detail that has money, or of a proven
                            NEWTON one. */
    int64_t total_fen;   /* The amount last accepted. */
    int64_t paid_fen;    /* What was collected. */
    int64_t platform_ms; /* The platform's own time of the fact; 0: it gave none. */
    struct payscore_text openid;         /* Empty: not given. */
    struct payscore_text transaction_id; /* Empty: not given. */
};

/** What a command asks for, as far as a rule looks at it. Times are moments; 0: not given. */
struct ps_wish {
    uint16_t terms; /* A create: PS_FLAGS_OF_TERMS. */
    bool end_by_day;
    bool has_end_place;
    int64_t risk_fen;
    int64_t start_ms; /* yyyyMMdd: that day's 00:00 in Beijing. */
    int64_t end_ms;
    int64_t paid_ms; /* sync: detail.paid_time. */
};

struct ps_input {
    uint16_t event;         /* enum ps_event. */
    uint8_t carrier;        /* enum payscore_carrier. */
    uint8_t call;           /* REPLY, QUERY: the call that this answers. */
    uint16_t attempt;       /* REPLY: the record's `attempts` when it was handed out. */
    uint16_t reason;        /* Refused: why. */
    uint64_t begun_version; /* REPLY, QUERY: the record's version when it was handed out. */
    int64_t begun_ms;       /* REPLY, QUERY: when it was handed out. */
    uint64_t call_entry;    /* REPLY: the record's `call_entry` when it was handed out. */
    int64_t now_ms;
    int64_t cooldown_ms;       /* The answer asks for at least this long a wait; 0: it does not. */
    int64_t asked_fen;         /* COMMAND: the amount it asks for. */
    struct ps_wish wish;       /* COMMAND. */
    struct payscore_text code; /* COMMAND: the authorization_code that names the user. */
    bool hands_over;           /* The answer hands something over. */
    int64_t expires_ms;        /* Until when that is good. */
    uint32_t chance;           /* Uniform; spreads waits. */
    struct ps_view view;
    struct payscore_id sender; /* TELL. */
    uint64_t sender_version;   /* TELL. */
};

/** Word for another record: sent once the step is durable, at least once. */
struct ps_tell {
    uint16_t chart;
    uint16_t event;
    struct payscore_id target; /* All zero: the record of `chart` for this record's user. */
    int64_t platform_ms;
};

struct ps_step {
    struct ps_record next;
    enum payscore_verdict verdict;
    const struct ps_row *row; /* The row that answered; NULL: no row names this pair. */
    bool moved_look;   /* Not a move, but the deadline changed: store the header, no entry. */
    bool keep_request; /* The input's request bytes belong to this move's evidence. */
    uint8_t render;    /* A call of our own whose bytes must be made for this move; 0: none. */
    bool hand_over;    /* What the answer hands over is to be kept for the caller. */
    uint8_t tell_count;
    struct ps_tell tells[PS_TELLS_PER_STEP_MAX];
};

/**
 * Decide what `in` does to `old`. `out` is overwritten whole.
 *
 * A record that does not exist yet is an `old` of zeroes whose state is the chart's initial one.
 */
void ps_step(const struct ps_chart *chart, const struct ps_record *old, const struct ps_input *in,
             struct ps_step *out);

/** What the record owes in its present state. */
const struct ps_owes *ps_owes(const struct ps_chart *chart, const struct ps_record *record);

/** Whether the answer `in` is the one to what `record` owes now. */
bool ps_answers_owed(const struct ps_chart *chart, const struct ps_record *record,
                     const struct ps_input *in);

#define PS_ACTION_ARGS struct ps_step *out, const struct ps_record *old, const struct ps_input *in

/* clang-format off */
#define GUARD(name, revision, en, zh) \
    bool ps_guard_##name(const struct ps_record *old, const struct ps_input *in);
#include "statecharts/guards.def"
#define ACTION(name, revision, kind, en, zh) void ps_action_##name(PS_ACTION_ARGS);
#include "statecharts/actions.def"
/* clang-format on */

#endif
