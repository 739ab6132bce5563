/*
 * All of payscore's public interface; adds nothing of its own.
 */
#ifndef PAYSCORE_PAYSCORE_H
#define PAYSCORE_PAYSCORE_H

#include "payscore/credentials.h"
#include "payscore/engine.h"
#include "payscore/exchange.h"
#include "payscore/status.h"
#include "payscore/types.h"

#endif
