/* What the pages, the matrix and the manual share: words that are no row's, and how to print. */
#ifndef PS_EXPORTER_PAGE_H
#define PS_EXPORTER_PAGE_H

#include "exporter.h"

/* Words (page_texts.c). */

/* clang-format off */
enum ps_text {
#define TEXT(name, en, zh) PS_TEXT_##name,
#include "page_texts.def"
    PS_TEXT_COUNT,
};
/* clang-format on */

const char *ps_text(enum ps_text text, enum ps_language language);
const char *ps_state_kind_words(enum ps_state_kind kind, enum ps_language language);
const char *ps_state_kind_meaning(enum ps_state_kind kind, enum ps_language language);

/** A time or a number of statecharts/limits.def. */
struct ps_limit {
    const char *name;
    int64_t value;
    const char *words[2];
};
struct ps_limit ps_limit_at(size_t at);
extern const size_t ps_limit_count;

/** A reason or a hold of statecharts/reasons.def; an id of 0 ends the list. */
struct ps_why {
    uint16_t id;
    const char *name;
    const char *words[2];
};
extern const struct ps_why ps_reasons[];
extern const struct ps_why ps_holds[];

/** What a person does about a hold; "": nobody has written it. */
const char *ps_hold_remedy(uint16_t hold, enum ps_language language);

/** Whether some row of the chart can set the field `reason` or `hold` to this name. */
bool ps_chart_gives(const struct ps_chart *chart, const char *field, const char *name);

/* Disputed rules (page_disputes.c). */

struct ps_dispute {
    const char *name, *reference, *switches;
    const char *topic[2], *one[2], *other[2], *here[2];
};
extern const struct ps_dispute ps_disputes[];
extern const size_t ps_dispute_count;

/** Whether `row` of `chart` leans on it. */
bool ps_disputed(const struct ps_dispute *dispute, const struct ps_chart *chart, uint16_t row);

/** Row n of all that statecharts/disputes.def names; false: there are no more. */
bool ps_disputed_row(size_t n, uint16_t *chart, uint16_t *row);

/* Printing (page_print.c). */

/** A text in a cell of a table, or in running text. */
void ps_print_cell(FILE *out, const char *text);

/** "500 ms", "1 min", "a day" in figures. */
void ps_print_wait(FILE *out, int64_t wait_ms, enum ps_language language);

/** What a state owes, in words, the call's name in quotes; nothing for one that owes nothing. */
void ps_print_owes(FILE *out, const struct ps_owes *owes, enum ps_language language,
                   const char *quote);

/** States in the order of reading: a composite, then what it holds. Begin with 0; 0 ends. */
uint16_t ps_next_state(const struct ps_chart *chart, uint16_t state);

/* Sections (page_words.c). */
void ps_page_disputes(FILE *out, const struct ps_chart *chart, enum ps_language language);
void ps_page_words(FILE *out, const struct ps_chart *chart, enum ps_language language);

/* The matrix (matrix.c). */

/** Pairs of a leaf and an event of the alphabet: the cells of the matrix. */
size_t ps_matrix_cells(const struct ps_chart *chart);

#endif
