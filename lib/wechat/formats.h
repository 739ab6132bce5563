/*
 * The forms that a string member may be held to.
 */
#ifndef PS_WECHAT_FORMATS_H
#define PS_WECHAT_FORMATS_H

#include <stdbool.h>

#include "payscore/types.h"

enum ps_field_format {
    PS_FORMAT_text,       /* Anything. */
    PS_FORMAT_said,       /* Something besides blanks: for people. */
    PS_FORMAT_ascii,      /* Visible ASCII characters. */
    PS_FORMAT_number,     /* A number that the merchant makes. */
    PS_FORMAT_encoded,    /* URL-encoded already. */
    PS_FORMAT_notify_url, /* Where the platform sends notifications. */
    PS_FORMAT_risk_name,  /* What the risk fund is. */
    PS_FORMAT_order_paid, /* What a sync tells. */
};

/** Whether `text` has the form; `as_platform`: by the platform's measure, which is the wider one.
 */
bool ps_format_kept(enum ps_field_format format, struct payscore_text text, bool as_platform);

/** The form in words, as they follow "must be:". */
const char *ps_format_rule(enum ps_field_format format);

#endif
