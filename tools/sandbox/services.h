/*
 * What kind of service an id stands for; rows in services.def.
 */
#ifndef SANDBOX_SERVICES_H
#define SANDBOX_SERVICES_H

#include "options.h"

struct sandbox_service {
    bool confirms; /* Each order is confirmed by the user; nobody opens the service. */
    bool exempt;   /* 先免. */
};

/** The service of this id; of equal ids the first row. NULL: not this merchant's. */
const struct sandbox_service *sandbox_service_find(const struct sandbox_options *options,
                                                   struct payscore_text id);

#endif
