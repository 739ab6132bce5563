/*
 * What a command asks for, as far as the chart's guards look at it.
 */
#ifndef PS_WECHAT_WISH_H
#define PS_WECHAT_WISH_H

#include <cJSON.h>

#include "core/step.h"
#include "wechat/fields.h"

/** Read a body of this form whose members were found right. `wish` is overwritten whole. */
void ps_wish_read(enum ps_form form, const cJSON *body, struct ps_wish *wish);

#endif
