/* What the library's JSON looks like to people. */
#ifndef CTL_TIMELINE_H
#define CTL_TIMELINE_H

#include <cJSON.h>

void ctl_print_record(const cJSON *record);
void ctl_print_timeline(const cJSON *history);
void ctl_print_list(const cJSON *page);

#endif
