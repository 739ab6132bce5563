/*
 * Random walks over the charts, told as lines of JSON: what came in, what every guard answered, and
 * what the engine made of it. test_equal_walks.py lets an independent interpreter take the same
 * walks over the charts' SCXML.
 */
#ifndef TEST_WALKS_WALKS_H
#define TEST_WALKS_WALKS_H

#include <cJSON.h>

#include "core/step.h"

struct walk {
    const struct ps_chart *chart;
    struct ps_record record;
    uint64_t seed;
    int64_t now_ms;
};

/* draw.c */

uint32_t walk_dice(struct walk *walk, uint32_t sides);
/** A record that does not exist yet. */
void walk_begin(struct walk *walk);
/** Any header whatever in this leaf. */
void walk_begin_in(struct walk *walk, uint16_t state);
/** An input of this event: mostly one that answers what the record owes. */
struct ps_input walk_input(struct walk *walk, uint16_t event);
/** An event of the chart's. */
uint16_t walk_event(struct walk *walk);
bool walk_is_leaf(const struct ps_chart *chart, uint16_t state);

/* say.c */

/** One line: where a walk begins. */
void walk_say_begin(const struct walk *walk);
/** One line: what came, and what the step made of it. */
void walk_say_step(const struct walk *walk, const struct ps_input *in, const struct ps_step *step);

#endif
