/*
 * Why a signature does not verify: the request is altered in the ways that clients get it wrong,
 * one line at a time, until the signature fits.
 */
#ifndef SANDBOX_DIAGNOSE_H
#define SANDBOX_DIAGNOSE_H

#include "exchange.h"
#include "wechat/request.h"

/** A claim to be checked: this signature, by the key of this serial. */
struct sandbox_claim {
    const struct ps_keyring *ring;
    struct payscore_text serial, signature;
};

/** Whether the claim holds for this message. */
bool sandbox_claim_holds(const struct sandbox_claim *claim, struct payscore_text message);

/** One sentence that names the wrong line, or says that none could be told. */
void sandbox_diagnose(const struct sandbox_claim *claim, const struct ps_signable *signable,
                      struct payscore_text host, char *sentence, size_t size);

#endif
