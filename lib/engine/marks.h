/*
 * Restored records. A backup does not know what was done since: of every record that was open in it
 * the platform is asked first. While a record has that mark nothing of it is owed but the question,
 * whatever its state owes; its chart and its steps know nothing of it.
 */
#ifndef PS_ENGINE_MARKS_H
#define PS_ENGINE_MARKS_H

#include "core/step.h"

enum {
    PS_MARK_SPREAD_MS = 20,           /* A restored store asks 50 questions a second. */
    PS_MARK_SPREAD_MAX_MS = 86400000, /* All of them within a day, however many there are. */
    PS_MARK_FAILED_MAX = 16           /* So many failed questions are counted. */
};

bool ps_mark_asks_first(const struct ps_record *record);

/** The question that tells what the platform holds of a record. */
enum ps_call ps_mark_question(const struct ps_record *record);

/** The call that leaves next: the question of a marked record, else what its state owes. */
enum ps_call ps_mark_call(const struct ps_record *record);

/** Mark a record that is not final; its question is due then. */
void ps_mark_set(struct ps_record *record, int64_t due_at_ms);

/** Whether this input answers the question of a marked record, so that it may act again. */
bool ps_mark_is_lifted(const struct ps_record *record, const struct ps_input *in);

/** Take the mark off: what its state owes is due at once. One that owes an effect keeps it. */
void ps_mark_lift(struct ps_record *record, int64_t now_ms);

/**
 * After a step of a marked record: the question stays what is owed, and when; one that failed is
 * asked again after a wait that doubles; a record that is final has no mark.
 */
void ps_mark_keep(const struct ps_record *old, const struct ps_input *in, struct ps_step *out);

#endif
