/*
 * Which route a method and a decoded path mean. Pure.
 */
#ifndef PS_WORKER_ROUTES_H
#define PS_WORKER_ROUTES_H

#include "payscore/types.h"

enum ps_route_id {
    PS_ROUTE_NONE = -1,   /* No such path. */
    PS_ROUTE_METHOD = -2, /* The path is there, but not with this method. */
};

enum { PS_ROUTE_SEGMENTS_MAX = 2 };

/** The texts that stood for the braces, in order. */
struct ps_route_match {
    int row; /* Of routes.def, or PS_ROUTE_NONE, PS_ROUTE_METHOD. */
    struct payscore_text segments[PS_ROUTE_SEGMENTS_MAX];
};

struct ps_route_match ps_routes_match(const char *method, const char *path);

#endif
