/*
 * What can be made of a chart, besides running it. Everything here is derived from the compiled
 * tables (core/chart.h): nothing knows a product, and no rule is written a second time.
 *
 * Each function writes one text to `out`. Whether the writing succeeded is asked of `out`.
 */
#ifndef PS_EXPORTER_EXPORTER_H
#define PS_EXPORTER_EXPORTER_H

#include <stddef.h>
#include <stdio.h>

#include "core/chart.h"

enum ps_language { PS_ENGLISH, PS_CHINESE };

/* One function per format: the rows of formats.def. */
void ps_export_scxml(FILE *out, const struct ps_chart *chart);
void ps_export_dot(FILE *out, const struct ps_chart *chart, uint16_t part);
void ps_export_page(FILE *out, const struct ps_chart *chart, enum ps_language language);
void ps_export_matrix(FILE *out, const struct ps_chart *chart);
void ps_export_manual(FILE *out);
void ps_export_promela(FILE *out, const struct ps_chart *chart);

/* Formats (formats.c). */

/* clang-format off */
enum ps_format {
    PS_FORMAT_NONE = 0,
#define FORMAT(name, text, scope, file, write, help) PS_FORMAT_##name,
#include "formats.def"
    PS_FORMAT_COUNT,
};
/* clang-format on */

enum ps_scope { PS_SCOPE_CHART, PS_SCOPE_ALL, PS_SCOPE_PICTURE, PS_SCOPE_DRAWN };

/** The format of this name; PS_FORMAT_NONE: there is none. */
enum ps_format ps_format_named(const char *name);
const char *ps_format_name(enum ps_format format);
const char *ps_format_help(enum ps_format format);
enum ps_scope ps_format_scope(enum ps_format format);

/**
 * The parts that a chart has in this format: 0 is the whole, another one the composite that has a
 * picture of its own. `parts` holds PS_STATES_MAX.
 */
size_t ps_format_parts(enum ps_format format, const struct ps_chart *chart, uint16_t *parts);

/** The part of this name, which is a composite's; false: there is none. */
bool ps_format_part_named(enum ps_format format, const struct ps_chart *chart, const char *name,
                          uint16_t *part);

/** The file of statecharts/generated that holds a part; SCOPE_ALL asks for no chart. */
void ps_format_file(enum ps_format format, const struct ps_chart *chart, uint16_t part, char *name,
                    size_t size);

/** The text itself; what Graphviz is to draw, if the scope is DRAWN. */
void ps_format_write(enum ps_format format, FILE *out, const struct ps_chart *chart, uint16_t part);

/* The charts and what their rows name, in words (words.c). */

enum {
    PS_CHART_COUNT = 0
#define CHART(id, name, revision, en, zh) +1
#include "statecharts/charts.def"
};

/** Every chart, in the order of charts.def. */
extern const struct ps_chart *const ps_charts[PS_CHART_COUNT];

/** The chart of this name, or NULL. */
const struct ps_chart *ps_chart_named(const char *name);

/** What the .def files say about an id; "" for an id that is in none of them. */
const char *ps_chart_words(const struct ps_chart *chart, enum ps_language language);
const char *ps_state_words(const struct ps_state *state, enum ps_language language);
const char *ps_row_words(const struct ps_row *row, enum ps_language language);
const char *ps_event_words(uint16_t event, enum ps_language language);
const char *ps_call_words(uint8_t call, enum ps_language language);
const char *ps_guard_words(uint8_t guard, enum ps_language language);
const char *ps_action_words(uint8_t action, enum ps_language language);

const char *ps_state_kind_name(enum ps_state_kind kind); /* "initial", "composite", … */
const char *ps_row_kind_name(enum ps_row_kind kind);     /* "tran", "stay", "ignore", "reject" */
const char *ps_event_kind_name(enum ps_event_kind kind); /* "command", "view", … */
const char *ps_lane_name(uint8_t lane);                  /* "effect", "ask", "poll", "wake" */

/* How states lie in each other, and which row answers (choose.c). */

/** The state of this parent (0: the chart) that follows the state `after` (0: the first), or NULL.
 */
const struct ps_state *ps_child_after(const struct ps_chart *chart, uint16_t parent,
                                      uint16_t after);

/** "ORDER > IN_SERVICE > SERVING". */
void ps_write_path(FILE *out, const struct ps_chart *chart, uint16_t state);

enum { PS_CHOICES_MAX = 64 };

/**
 * The rows that may answer `event` in the leaf `state`, in the order in which they are asked: the
 * leaf's, then its parents', up to the first that always answers. `rows` holds PS_CHOICES_MAX.
 */
size_t ps_choices(const struct ps_chart *chart, uint16_t state, uint16_t event,
                  const struct ps_row **rows);

/**
 * The row that answers when the guards of `facts` (bit n: guard n) hold, besides `always`; NULL:
 * no row names this pair.
 */
const struct ps_row *ps_choose(const struct ps_chart *chart, uint16_t state, uint16_t event,
                               uint64_t facts);

/* For reading on a terminal (show.c). */

/** All states and rows of the chart. */
void ps_show(FILE *out, const struct ps_chart *chart, enum ps_language language);

#endif
