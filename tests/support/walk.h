/* An order led, in an opened trial, to where a test begins. Each step includes those before it. */
#ifndef TEST_SUPPORT_WALK_H
#define TEST_SUPPORT_WALK_H

#include "support/trial.h"

#define WALK_PACKAGE "AAQTnZoA/Example+Only=="

/** The user authorizes the service; the create is handed out. */
void walk_to_creating(struct trial *trial, const char *order);
void walk_to_serving(struct trial *trial, const char *order);
/** The complete is handed out. */
void walk_to_completing(struct trial *trial, const char *order, int64_t total_fen);
void walk_to_collecting(struct trial *trial, const char *order, int64_t total_fen);
/** An order that its user confirms, CREATED with the package WALK_PACKAGE. */
void walk_to_confirming(struct trial *trial, const char *order);
/** DONE, by a notification. */
void walk_to_paid(struct trial *trial, const char *order, int64_t total_fen);

#endif
