/*
 * All of payscore's public interface; adds nothing of its own.
 */
#ifndef PAYSCORE_PAYSCORE_H
#define PAYSCORE_PAYSCORE_H

#include "payscore/credentials.h"
#include "payscore/exchange.h"
#include "payscore/feed.h"
#include "payscore/operations.h"
#include "payscore/read.h"
#include "payscore/status.h"
#include "payscore/store.h"
#include "payscore/submit.h"
#include "payscore/turn.h"
#include "payscore/types.h"

#endif
