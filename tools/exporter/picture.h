/*
 * The pictures of a chart. A small chart is one picture. A large one is an overview, in which each
 * composite is one box, and a picture for each of those boxes, so that every page can be read.
 */
#ifndef PS_EXPORTER_PICTURE_H
#define PS_EXPORTER_PICTURE_H

#include "exporter.h"

enum { PS_PICTURES_MAX = PS_STATES_MAX, PS_ARROWS_MAX = 512 };

struct ps_picture {
    const struct ps_chart *chart;
    uint16_t scope; /* The composite that it shows; 0: the whole chart. */
    bool folded;    /* The composites inside are one box each; they have pictures of their own. */
};

/** The pictures of `chart`, the whole one first; `pictures` holds PS_PICTURES_MAX. */
size_t ps_pictures(const struct ps_chart *chart, struct ps_picture *pictures);

/** Its file: `<chart><ending>` or `<chart>-<COMPOSITE><ending>`. */
void ps_picture_file(const struct ps_picture *picture, const char *ending, char *name, size_t size);

/** Graphviz text of one picture; `ps_export_dot` finds it by its scope. */
void ps_export_picture(FILE *out, const struct ps_picture *picture);

/* What stands in a picture (picture.c). */

enum ps_node {
    PS_NODE_NONE,   /* Not in this picture. */
    PS_NODE_LEAF,   /* A state by itself. */
    PS_NODE_FOLDED, /* A composite as one box. */
    PS_NODE_OPEN,   /* A composite as a frame around what it holds. */
    PS_NODE_BEYOND, /* Outside the picture's scope; an arrow leads there or comes from there. */
};

/** One arrow for each ordered pair; an end is a state's id. */
struct ps_arrow {
    uint16_t from, to;
};

enum ps_node ps_picture_node(const struct ps_picture *picture, uint16_t state);

/** The arrow that `row` belongs to; false: this picture does not draw it. */
bool ps_picture_arrow(const struct ps_picture *picture, const struct ps_row *row,
                      struct ps_arrow *arrow);

/** Every arrow once, in document order; `arrows` holds PS_ARROWS_MAX. */
size_t ps_picture_arrows(const struct ps_picture *picture, struct ps_arrow *arrows);

/**
 * An order in which arrows lead to a higher number, but for those that close a circle: they lead
 * back to a state that was on the way to where they begin. Arrows from beyond never do.
 */
void ps_picture_order(const struct ps_picture *picture, unsigned order[PS_STATES_MAX]);

/** Whether a row puts the record on hold, if only for want of another reason. */
bool ps_row_holds(const struct ps_row *row);

#endif
