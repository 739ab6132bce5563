/* The rows of statecharts/assigns.def, as a table. */
#ifndef PS_EXPORTER_DEEDS_H
#define PS_EXPORTER_DEEDS_H

#include <stddef.h>
#include <stdint.h>

struct ps_datum {
    const char *location, *initial, *why;
};

enum ps_deed_kind { PS_DEED_ASSIGN, PS_DEED_TELL, PS_DEED_SEND };

/** One thing that an action does. */
struct ps_deed {
    uint8_t action;
    enum ps_deed_kind kind;
    const char *what; /* ASSIGN: the location; else the event. */
    const char *expr; /* ASSIGN: the value; TELL: the record, or "". */
    const char *cond; /* TELL: when; "": always. */
    uint16_t chart;   /* TELL: whose record. */
};

extern const struct ps_datum ps_data[];
extern const size_t ps_data_count;

/** In the order of the file, which is that of the doing within an action. */
extern const struct ps_deed ps_deeds[];
extern const size_t ps_deed_count;

#endif
