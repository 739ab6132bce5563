/*
 * A chart with one row changed, in programs whose charts are copies (see CMakeLists.txt). A mutant
 * is named CHART:ROW:KIND, with :DETAIL for some kinds: delete                the row is not there
 *   redirect:STATE_ID     it leads to another leaf
 *   noaction:ACTION       it does not do one of the things it does
 *   always                it answers whatever its guard says
 */
#ifndef TEST_MUTANTS_MUTANT_H
#define TEST_MUTANTS_MUTANT_H

#include <stdbool.h>

/** Make the charts this mutant. False, and nothing is changed, if there is no such mutant. */
bool mutant_make(const char *name);

/** Make the charts what the rows in statecharts/ say. */
void mutant_undo(void);

#endif
